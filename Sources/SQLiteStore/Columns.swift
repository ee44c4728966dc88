import Domain
import Foundation
import GRDBSQLite

/// The columns of one row, read from left to right.
struct Columns {
    /// A column holds what its reader does not expect.
    struct Mismatch: Error {}

    private let statement: OpaquePointer
    private var place: Int32 = -1
    /// Of the texts and blobs read so far.
    private(set) var bytes = 0

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    mutating func integer() throws -> Int64 {
        try next(SQLITE_INTEGER)
        return sqlite3_column_int64(statement, place)
    }

    mutating func count() throws -> Int { Int(try integer()) }
    mutating func flag() throws -> Bool { try integer() != 0 }
    mutating func moment() throws -> Timestamp { Timestamp(milliseconds: try integer()) }

    mutating func real() throws -> Double {
        try next(SQLITE_FLOAT)
        return sqlite3_column_double(statement, place)
    }

    mutating func text() throws -> String {
        try next(SQLITE_TEXT)
        return String(decoding: take(sqlite3_column_text(statement, place)), as: UTF8.self)
    }

    mutating func blob() throws -> [UInt8] {
        try next(SQLITE_BLOB)
        return Array(take(sqlite3_column_blob(statement, place)))
    }

    mutating func id() throws -> ID {
        try next(SQLITE_BLOB)
        let bytes = take(sqlite3_column_blob(statement, place))
        guard bytes.count == 16 else { throw Mismatch() }
        return ID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// One of the words of an enumeration.
    mutating func word<Word: RawRepresentable>() throws -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text()) else { throw Mismatch() }
        return word
    }

    mutating func json<Value: Decodable>() throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(try text().utf8))
    }

    /// The same, or nil where the column is NULL.
    mutating func optional<Value>(_ read: (inout Columns) throws -> Value) throws -> Value? {
        if sqlite3_column_type(statement, place + 1) == SQLITE_NULL {
            place += 1
            return nil
        }
        return try read(&self)
    }

    /// Whatever it holds.
    mutating func value() -> StoredValue {
        place += 1
        switch sqlite3_column_type(statement, place) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, place))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, place))
        case SQLITE_TEXT: return .bytes(Array(take(sqlite3_column_text(statement, place))))
        case SQLITE_BLOB: return .bytes(Array(take(sqlite3_column_blob(statement, place))))
        default: return .null
        }
    }

    private mutating func next(_ type: Int32) throws {
        place += 1
        guard sqlite3_column_type(statement, place) == type else { throw Mismatch() }
    }

    private mutating func take(_ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
        let taken = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, place)))
        bytes += taken.count
        return taken
    }
}
