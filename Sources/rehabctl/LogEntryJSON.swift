// The log's entries as JSON for programs: in the interface's spelling, beside the one of the log's own file.

import History

/// An entry of the log, every name spelt as the interface spells it: `ended_by`.
///
/// The log's file has `endedBy`; who reads that finds it still.
struct EntryJSON<Entry: Encodable>: Encodable {
    let entry: Entry
    /// Fields whose spelling differs, by the interface's.
    let spelt: [String: any Encodable]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var fields = encoder.container(keyedBy: Name.self)
        for (name, value) in spelt { try fields.encode(value, forKey: Name(stringValue: name)) }
    }
}

/// Those of the fields that are there: what is not known is absent, never null.
private func known(_ fields: [String: (any Encodable)?]) -> [String: any Encodable] {
    fields.compactMapValues(\.self)
}

extension SetEntry {
    var printed: EntryJSON<SetEntry> {
        EntryJSON(
            entry: self,
            spelt: known([
                "clean_share": cleanShare, "share_in_band": shareInBand,
                "mean_drop_degrees": meanDropDegrees, "not_heard": notHeard,
                "unknown_share": unknownShare, "not_measured": notMeasured,
                "typical_degrees": typicalDegrees, "ended_by": endedBy,
                "load_kilograms": loadKilograms, "step_centimetres": stepCentimetres,
                "cued_error_degrees": cuedErrorDegrees,
                "uncued_error_degrees": uncuedErrorDegrees,
                "asymmetry_percent": asymmetryPercent, "tempo_kept": tempoKept,
                "uncertainty_degrees": uncertaintyDegrees, "range_unit": rangeUnit,
                "active_shares": activeShares, "unseen_holds": unseenHolds,
            ]))
    }
}

extension StageEntry {
    var printed: EntryJSON<StageEntry> {
        EntryJSON(entry: self, spelt: known(["passed_over": passedOver]))
    }
}

extension ThresholdEntry {
    var printed: EntryJSON<ThresholdEntry> {
        EntryJSON(
            entry: self,
            spelt: known([
                "on_degrees": onDegrees, "from_degrees": fromDegrees,
                "back_to_degrees": backToDegrees,
            ]))
    }
}

extension PersonEntry {
    var printed: EntryJSON<PersonEntry> {
        EntryJSON(entry: self, spelt: ["painful_side": painfulSide])
    }
}

/// A line of the log as it is printed.
struct LogLineJSON: Encodable {
    let line: LogEntry

    private enum CodingKeys: String, CodingKey {
        case day, set, stage, threshold, person
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(line.day, forKey: .day)
        switch line.content {
        case .set(let entry): try fields.encode(entry.printed, forKey: .set)
        case .stage(let entry): try fields.encode(entry.printed, forKey: .stage)
        case .threshold(let entry): try fields.encode(entry.printed, forKey: .threshold)
        case .person(let entry): try fields.encode(entry.printed, forKey: .person)
        case .morning, .health: try line.encode(to: encoder)
        }
    }
}
