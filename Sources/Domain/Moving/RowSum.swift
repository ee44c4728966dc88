/// A checksum of a table's rows in the order of their keys: the same whichever store holds them.
struct RowSum: Sendable {
    private var digest = Digest()

    /// Begins with the names of table and columns.
    init(of table: StoredTable) {
        add(([table.name] + table.columns.map(\.name)).map { .bytes(Array($0.utf8)) })
    }

    /// Each value is a letter and eight bytes, which are the value itself or the length of what follows.
    mutating func add(_ row: [StoredValue]) {
        var bytes: [UInt8] = []
        for value in row {
            switch value {
            case .null: Self.append("n", 0, to: &bytes)
            case .integer(let number): Self.append("i", UInt64(bitPattern: number), to: &bytes)
            case .real(let number): Self.append("r", number.bitPattern, to: &bytes)
            case .bytes(let text):
                Self.append("b", UInt64(text.count), to: &bytes)
                bytes += text
            }
        }
        digest.update(bytes)
    }

    private static func append(_ letter: Unicode.Scalar, _ number: UInt64, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: letter))
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Of the rows so far: SHA-256.
    var value: [UInt8] { digest.value }
}
