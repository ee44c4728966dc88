import CPostgres
import Domain
import Foundation

/// The columns of one row, read from left to right.
struct Columns {
    /// A column holds what its reader does not expect.
    struct Mismatch: Error {}

    private let result: OpaquePointer
    private let row: Int32
    private var place: Int32 = -1

    init(_ result: OpaquePointer, row: Int32) {
        self.result = result
        self.row = row
    }

    mutating func integer() throws -> Int64 {
        switch try next(.bigint, .integer, .smallint) {
        case .bigint: Int64(bigEndian: try bytes().loadUnaligned(as: Int64.self))
        case .integer: Int64(Int32(bigEndian: try bytes().loadUnaligned(as: Int32.self)))
        default: Int64(Int16(bigEndian: try bytes().loadUnaligned(as: Int16.self)))
        }
    }

    mutating func count() throws -> Int { Int(try integer()) }
    mutating func moment() throws -> Timestamp { Timestamp(milliseconds: try integer()) }

    mutating func flag() throws -> Bool {
        try next(.boolean)
        return try bytes().first == 1
    }

    mutating func real() throws -> Double {
        try next(.double)
        return Double(bitPattern: UInt64(bigEndian: try bytes().loadUnaligned(as: UInt64.self)))
    }

    mutating func text() throws -> String {
        try next(.text, .bytes)
        return String(decoding: try bytes(), as: UTF8.self)
    }

    mutating func blob() throws -> [UInt8] {
        try next(.bytes)
        return Array(try bytes())
    }

    mutating func id() throws -> ID {
        try next(.uuid)
        let bytes = try bytes()
        return ID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// Of the next column; nil for one that no table has.
    var type: TypeNumber? { TypeNumber(rawValue: PQftype(result, place + 1)) }

    /// As it was sent.
    mutating func raw(_ types: TypeNumber...) throws -> [UInt8] {
        try next(types)
        return Array(try bytes())
    }

    /// Since the year 2000.
    mutating func microseconds() throws -> Int64 {
        try next(.moment)
        return Int64(bigEndian: try bytes().loadUnaligned(as: Int64.self))
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
        if PQgetisnull(result, row, place + 1) == 1 {
            place += 1
            return nil
        }
        return try read(&self)
    }

    @discardableResult
    private mutating func next(_ types: TypeNumber...) throws -> TypeNumber {
        try next(types)
    }

    @discardableResult
    private mutating func next(_ types: [TypeNumber]) throws -> TypeNumber {
        place += 1
        guard let type = TypeNumber(rawValue: PQftype(result, place)), types.contains(type),
            PQgetisnull(result, row, place) == 0
        else { throw Mismatch() }
        return type
    }

    private func bytes() throws -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: PQgetvalue(result, row, place), count: Int(PQgetlength(result, row, place)))
    }
}
