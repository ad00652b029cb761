// Why a fake wearable could not be set up or could not do what it was asked.

package import Plumbing
package import Synthetic

/// A refusal of the fake wearable.
package enum FakeWearableError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kernel refused a socket or a thread.
    case system(PlumbingError)
    /// The motion refused a task.
    case motion(SyntheticError)
    /// No task of that name in the script.
    case noSuchTask(name: String, known: [String])
    /// Asked for something that does not fit the state it is in.
    case order(problem: String, cure: String)

    package var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .motion(let error): "\(error)"
        case .noSuchTask(let name, let known):
            "the script has no task \(name); known are \(known.joined(separator: ", "))"
        case .order(let problem, let cure): "\(problem); \(cure)"
        }
    }
}
