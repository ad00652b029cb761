// Descriptions of people's own sensor boards, read from the configuration directory.

import Plumbing
import TomlReading
import WearableReading
import Wearables

/// The kinds this daemon knows: the built-in families and what people have described.
struct OwnWearables {
    private(set) var kinds = WearableKinds()
    /// What could not be read, each with file, line and cure.
    private(set) var complaints: [String] = []

    private static let sizeLimit = 64 * 1024
    private static let countLimit = 100

    /// Reads every `.toml` of the directory; one that cannot be read leaves the others alone.
    init(directory: String) {
        guard FileStore.attributes(directory) != nil else { return }
        let names: [String]
        do throws(PlumbingError) {
            names = try FileStore.list(directory)
        } catch {
            complaints.append("descriptions of sensors: \(error.description)")
            return
        }
        var descriptions: [StreamDescription] = []
        for name in names.sorted().filter({ $0.hasSuffix(".toml") }).prefix(OwnWearables.countLimit)
        {
            let path = "\(directory)/\(name)"
            do throws(PlumbingError) {
                let bytes = try FileStore.read(path, limit: OwnWearables.sizeLimit)
                do throws(TomlError) {
                    descriptions.append(
                        try StreamDescriptionReader.read(
                            text: String(decoding: bytes, as: UTF8.self), file: path))
                } catch {
                    complaints.append("\(error)")
                }
            } catch {
                complaints.append(error.description)
            }
        }
        kinds = WearableKinds(descriptions: descriptions)
    }
}
