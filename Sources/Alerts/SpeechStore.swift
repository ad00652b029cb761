// The spoken cues of one language: rendered once by espeak-ng, away from every thread that must not wait.

import Glibc
import Plumbing
import Synchronization

/// Why there is no voice.
package struct SpeechError: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String
    package let cure: String
    package var description: String { "\(reason): \(cure)" }

    package init(reason: String, cure: String) {
        self.reason = reason
        self.cure = cure
    }
}

/// What is to be spoken, and by which voice.
package struct SpeechTexts: Sendable, Equatable {
    /// As espeak-ng names it: "en-gb", "de".
    package var voice: String
    package var texts: [SpokenKey: String]

    package init(voice: String, texts: [SpokenKey: String]) {
        self.voice = voice
        self.texts = texts
    }
}

/// Holds the sounds of all texts once they are rendered.
///
/// Domains: any thread; the state is shared (mutex, held for a copy). Rendering runs on a thread of its
/// own, some 20 to 100 ms a text.
package final class SpeechStore: Sendable {
    /// Gives a text's WAV file: espeak-ng in the daemon, made sounds in tests.
    package typealias Rendering =
        @Sendable (_ text: String, _ voice: String) throws(SpeechError) -> [UInt8]

    package enum State: Sendable {
        case rendering
        case ready([SpokenKey: WaveSound])
        case absent(SpeechError)
    }

    package let texts: SpeechTexts
    private let shared = Mutex(State.rendering)
    private let render: Rendering

    package init(
        _ texts: SpeechTexts, render: @escaping Rendering = SpeechStore.espeak
    ) {
        self.texts = texts
        self.render = render
    }

    package var state: State { shared.withLock { $0 } }

    /// Why nothing is spoken; nil while that is not so.
    package var problem: SpeechError? { if case .absent(let error) = state { error } else { nil } }

    /// Renders all texts on a thread of its own; `done` is called there.
    package func begin(_ done: @escaping @Sendable () -> Void = {}) {
        let hasBegun = ToneAlert.onThreadOfItsOwn { [self] in
            renderAll()
            done()
        }
        guard !hasBegun else { return }
        shared.withLock {
            $0 = .absent(
                SpeechError(reason: "no thread could be started", cure: "restart rehabd"))
        }
        done()
    }

    /// Renders all texts here.
    package func renderAll() {
        var sounds: [SpokenKey: WaveSound] = [:]
        for (key, text) in texts.texts {
            do throws(SpeechError) {
                sounds[key] = try sound(of: text)
            } catch {
                shared.withLock { $0 = .absent(error) }
                return
            }
        }
        shared.withLock { $0 = .ready(sounds) }
    }

    private func sound(of text: String) throws(SpeechError) -> WaveSound {
        let bytes = try render(text, texts.voice)
        do throws(WaveError) {
            return try WaveSound(parsing: bytes)
        } catch {
            throw SpeechError(
                reason: "espeak-ng gave no sound that can be used (\(error)) for \"\(text)\"",
                cure: "install Debian's espeak-ng: apt install espeak-ng")
        }
    }

    /// Words a minute: the slower half of what people speak, since cues come in the middle of effort
    /// (engineering default).
    private static let wordsPerMinute = 165
    /// A text of 2.5 s at 48 kHz and 16 bit, twice.
    private static let byteLimit = 512 * 1024
    private static let secondLimit = 5.0

    /// espeak-ng, as Debian packages it.
    package static let espeak: Rendering = { (text, voice) throws(SpeechError) in
        do throws(PlumbingError) {
            return try ProgramRun.output(
                of: "espeak-ng",
                ["--stdout", "-v", voice, "-s", "\(wordsPerMinute)", "--", text],
                limit: byteLimit, seconds: secondLimit)
        } catch {
            throw SpeechError(
                reason: error.code == ENOENT
                    ? "espeak-ng, which speaks the cues, is not installed"
                    : "espeak-ng does not speak the voice \(voice) (\(error.reason))",
                cure: error.code == ENOENT
                    ? "install it (apt install espeak-ng) and restart rehabd, or switch speech off: "
                        + "rehabctl sound speech off"
                    : "see which voices there are: espeak-ng --voices; or switch speech off: "
                        + "rehabctl sound speech off")
        }
    }
}
