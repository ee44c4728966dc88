extension JSON {
    /// Why some bytes are not a JSON text, and where.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// Bytes from the beginning of the text.
        package let offset: Int
        /// A clause such as "a control character in a string".
        package let problem: String

        package var description: String { "\(problem) at byte \(offset)" }
    }
}
