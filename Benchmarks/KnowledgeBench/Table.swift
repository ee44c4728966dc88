import Foundation

/// Rows of the same columns: words to the left, numbers to the right.
struct Table {
    /// A column's name, and how wide it is; a negative width is to the left.
    let columns: [(name: String, width: Int)]

    func printHead() { print(columns.map(\.name)) }

    func print(_ cells: [String]) {
        let padded = zip(cells, columns).map { cell, column in
            let space = String(repeating: " ", count: max(abs(column.width) - cell.count, 0))
            return column.width < 0 ? cell + space : space + cell
        }
        say(padded.joined(separator: " "))
    }
}

/// Prints a line at once: whoever reads along sees each row when it is there.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

extension Double {
    func digits(_ count: Int) -> String { String(format: "%.\(count)f", self) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    var milliseconds: Double { seconds * 1000 }
}
