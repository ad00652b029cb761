// What is not acceptable in a script or in a request, and what to do about it.

/// A refusal: where, what, and the cure.
package struct SyntheticError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field, as `task[2].seconds`; `script` for the whole.
    package var field: String
    /// Line in the script, from 1, where it is known.
    package var line: Int?
    /// What is the matter and what is wanted, without a full stop.
    package var problem: String

    package init(field: String, line: Int? = nil, _ problem: String) {
        self.field = field
        self.line = line
        self.problem = problem
    }

    package var description: String {
        let place = line.map { "line \($0), \(field)" } ?? field
        return "\(place): \(problem)"
    }
}
