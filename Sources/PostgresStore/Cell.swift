import Domain

/// A value of any table, in the form that its column's type wants.
struct Cell: Bindable {
    private let bytes: [UInt8]

    /// - Returns: nil for NULL.
    /// - Throws: `unsupported` for a value that such a column cannot hold.
    init?(_ value: StoredValue, as type: TypeNumber) throws {
        var bytes: [UInt8] = []
        switch (value, type) {
        case (.null, _): return nil
        case (.integer(let number), .boolean): (number != 0).write(to: &bytes)
        case (.integer(let number), .bigint): number.write(to: &bytes)
        case (.integer(let number), .integer): try Self.narrowed(number, to: Int32.self).writeBigEndian(to: &bytes)
        case (.integer(let number), .smallint): try Self.narrowed(number, to: Int16.self).writeBigEndian(to: &bytes)
        case (.integer(let number), .moment): Moment(seconds: number).write(to: &bytes)
        case (.real(let number), .double): number.write(to: &bytes)
        case (.bytes(let text), .text), (.bytes(let text), .bytes): bytes = text
        case (.bytes(let id), .uuid) where id.count == 16: bytes = id
        default: throw Self.unfit
        }
        self.bytes = bytes
    }

    private static let unfit = Refusal(.unsupported, "There is a value that its column cannot hold here.")

    private static func narrowed<Number: FixedWidthInteger>(_ number: Int64, to: Number.Type) throws -> Number {
        guard let narrow = Number(exactly: number) else { throw unfit }
        return narrow
    }

    func write(to bytes: inout [UInt8]) { bytes += self.bytes }
}

/// `timestamptz`: microseconds since the year 2000, where others count seconds since 1970.
struct Moment: Bindable {
    private static let start: Int64 = 946_684_800
    private static let unit: Int64 = 1_000_000

    let seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    init(microseconds: Int64) {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: Self.unit)
        self.seconds = Self.start + seconds - (rest < 0 ? 1 : 0)
    }

    func write(to bytes: inout [UInt8]) { ((seconds - Self.start) * Self.unit).write(to: &bytes) }
}

extension StoredTable.Column {
    /// - Throws: `unsupported` for a type that no table of the store had so far.
    var number: TypeNumber {
        get throws {
            guard let number = TypeNumber(named: type) else {
                throw Refusal(.unsupported, "A column of the type \(type) cannot be moved.")
            }
            return number
        }
    }
}

extension StoredTable {
    /// - Throws: `unsupported` where there is no such column.
    func type(of column: String) throws -> TypeNumber {
        guard let found = columns.first(where: { $0.name == column }) else {
            throw Refusal(.unsupported, "There is no column \(column) in \(name).")
        }
        return try found.number
    }
}

extension TypeNumber {
    init?(named name: String) {
        switch name {
        case "boolean": self = .boolean
        case "bytea": self = .bytes
        case "bigint": self = .bigint
        case "smallint": self = .smallint
        case "integer": self = .integer
        case "text": self = .text
        case "double precision": self = .double
        case "timestamp with time zone": self = .moment
        case "uuid": self = .uuid
        default: return nil
        }
    }
}

extension Columns {
    /// Whatever it holds.
    mutating func value() throws -> StoredValue {
        try optional { row in
            switch row.type {
            case .boolean: .integer(try row.flag() ? 1 : 0)
            case .bigint, .integer, .smallint: .integer(try row.integer())
            case .double: .real(try row.real())
            case .text, .bytes, .uuid: .bytes(try row.raw(.text, .bytes, .uuid))
            case .moment: .integer(Moment(microseconds: try row.microseconds()).seconds)
            case nil: throw Mismatch()
            }
        } ?? .null
    }
}
