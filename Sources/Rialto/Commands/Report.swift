import Wire

/// What a command has to say: one JSON value, and the same for a person.
struct Report: Sendable {
    let json: JSON
    let text: String
    /// Whether what it tells of is a failure, at least in part.
    var isFailure = false
    /// Whether there is nothing to be said, in whatever form.
    var isSilent = false

    init(json: JSON, text: String) {
        self.json = json
        self.text = text
    }

    /// One thing: a line for each of its members.
    init(_ record: JSON.Object) {
        let width = record.keys.map(\.count).max() ?? 0
        json = .object(record)
        text = record.members
            .map { Table.pad($0.key, to: width) + "  " + Table.cell($0.value, isWhole: true) }
            .joined(separator: "\n")
    }

    /// Many things: a table with some of their members as columns.
    init(_ records: [JSON.Object], columns: [String], none: String) {
        json = .array(records.map { .object($0) })
        guard !records.isEmpty else {
            text = none
            return
        }
        text = Table.render([columns] + records.map { record in columns.map { Table.cell(record[$0] ?? .null) } })
    }
}

/// Columns of text, each as wide as its widest cell.
enum Table {
    private static let longestCell = 60

    static func render(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return
            rows
            .map { row in
                zip(row, widths).map { pad($0, to: $1) }.joined(separator: "  ").trimmingEnd()
            }
            .joined(separator: "\n")
    }

    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// - Parameter isWhole: false shortens a long text to one line.
    static func cell(_ value: JSON, isWhole: Bool = false) -> String {
        switch value {
        case .null: return "-"
        case .string(let text) where isWhole: return text
        case .string(let text): return shortened(text)
        case .array(let elements) where elements.isEmpty: return "-"
        case .array(let elements): return elements.map { cell($0, isWhole: isWhole) }.joined(separator: ", ")
        case .object(let object):
            return object.members.map { cell($0.value, isWhole: isWhole) }.joined(separator: " ")
        case .bool, .integer, .number: return value.render()
        }
    }

    private static func shortened(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count <= longestCell ? line : line.prefix(longestCell - 1) + "…"
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
