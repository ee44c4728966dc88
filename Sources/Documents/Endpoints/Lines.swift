/// Lines of a text that is being written, up to a limit.
struct Lines {
    /// What one operation says in more lines, nobody reads.
    private static let most = 400
    /// Of one line, in characters.
    private static let longest = 2_000

    private var lines: [String] = []

    var isFull: Bool { lines.count >= Self.most }
    var text: String { lines.joined(separator: "\n") }

    /// - Parameter text: nothing is written for nothing.
    mutating func add(_ text: String?, indent: Int = 0) {
        guard let text, !text.isBlank else { return }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !isFull else { return }
            lines.append(String(repeating: "  ", count: indent) + line.prefix(Self.longest))
        }
    }

    /// `Tags: pets, dogs`
    mutating func add(_ label: String, _ values: [String], indent: Int = 0) {
        guard !values.isEmpty else { return }
        add("\(label): \(values.prefix(100).joined(separator: ", "))", indent: indent)
    }

    /// A description on the line of what it describes, with its white space made single.
    static func described(_ text: String, _ description: String?) -> String {
        guard let description else { return text }
        return "\(text): \(description.prefix(longest).split(whereSeparator: \.isWhitespace).joined(separator: " "))"
    }
}
