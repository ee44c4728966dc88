import Domain

/// A value that a column can hold, in PostgreSQL's binary form.
protocol Bindable {
    func write(to bytes: inout [UInt8])
}

extension FixedWidthInteger {
    /// The most significant byte first.
    func writeBigEndian(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// `bigint`
extension Int64: Bindable {
    func write(to bytes: inout [UInt8]) { writeBigEndian(to: &bytes) }
}

extension Int: Bindable {
    func write(to bytes: inout [UInt8]) { Int64(self).write(to: &bytes) }
}

extension Int16: Bindable {
    func write(to bytes: inout [UInt8]) { writeBigEndian(to: &bytes) }
}

extension Bool: Bindable {
    func write(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Double: Bindable {
    func write(to bytes: inout [UInt8]) { bitPattern.writeBigEndian(to: &bytes) }
}

/// `text`, or `bytea` where it may hold U+0000.
extension String: Bindable {
    func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension [UInt8]: Bindable {
    func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

/// `uuid`
extension ID: Bindable {
    func write(to bytes: inout [UInt8]) {
        high.writeBigEndian(to: &bytes)
        low.writeBigEndian(to: &bytes)
    }
}

extension Timestamp: Bindable {
    func write(to bytes: inout [UInt8]) { milliseconds.write(to: &bytes) }
}

/// The numbers under which PostgreSQL knows its types.
enum TypeNumber: UInt32 {
    case boolean = 16
    case bytes = 17
    case bigint = 20
    case smallint = 21
    case integer = 23
    case text = 25
    case double = 701
    case moment = 1184
    case uuid = 2950
}

/// A value that is an array, one element for each row that a statement makes.
struct Series: Bindable {
    private var bytes: [UInt8] = []

    init(_ type: TypeNumber, _ elements: some Collection<some Bindable>) {
        begin(type, count: elements.count, hasNulls: false)
        for element in elements { append(element) }
    }

    /// - Parameter elements: nil for NULL.
    init(_ type: TypeNumber, nullable elements: [(some Bindable)?]) {
        begin(type, count: elements.count, hasNulls: elements.contains { $0 == nil })
        for element in elements {
            if let element { append(element) } else { Int32(-1).writeBigEndian(to: &bytes) }
        }
    }

    /// One dimension, numbered from 1.
    private mutating func begin(_ type: TypeNumber, count: Int, hasNulls: Bool) {
        for number in [1, hasNulls ? 1 : 0, Int32(bitPattern: type.rawValue), Int32(count), 1] {
            number.writeBigEndian(to: &bytes)
        }
    }

    private mutating func append(_ element: some Bindable) {
        let start = bytes.count
        Int32(0).writeBigEndian(to: &bytes)
        element.write(to: &bytes)
        withUnsafeBytes(of: Int32(bytes.count - start - 4).bigEndian) {
            bytes.replaceSubrange(start..<start + 4, with: $0)
        }
    }

    func write(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}
