package import NIOCore

extension JSON {
    /// The value on one line, without needless white space.
    package func render() -> String {
        var buffer = ByteBuffer()
        render(into: &buffer)
        return String(buffer: buffer)
    }

    /// Appends the value. Doubles are written as shortly as they can be read back, NaN and infinities as null.
    package func render(into buffer: inout ByteBuffer) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .bool(true): buffer.writeStaticString("true")
        case .bool(false): buffer.writeStaticString("false")
        case .integer(let value): buffer.writeString(value.description)
        case .number(let value) where value.isFinite: buffer.writeString(value.description)
        case .number: buffer.writeStaticString("null")
        case .string(let text): JSON.quote(text, into: &buffer)
        case .array(let elements): JSON.render(elements, into: &buffer)
        case .object(let members): members.render(into: &buffer)
        }
    }

    private static func render(_ elements: [JSON], into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            if place > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            element.render(into: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "]"))
    }

    /// Appends the text as a JSON string, quotes included.
    package static func quote(_ text: String, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        escape(text, into: &buffer)
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Appends the text as it stands between the quotes of a JSON string. Escapes what must be, and the line ends that
    /// are letters of Unicode: clients that read an event stream as lines of text end lines there.
    package static func escape(_ text: String, into buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { escape(UnsafeRawBufferPointer($0), into: &buffer) }
    }

    private static func escape(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        var start = 0
        while true {
            var sawHigh = false
            let stop = ByteScan.plainEnd(bytes, from: start, sawHigh: &sawHigh)
            if sawHigh { start = escapeLineEnds(bytes, start..<stop, into: &buffer) }
            if stop > start { buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<stop])) }
            guard stop < bytes.count else { return }
            escape(bytes[stop], into: &buffer)
            start = stop + 1
        }
    }

    /// - Returns: where what is still to be written begins.
    private static func escapeLineEnds(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, into buffer: inout ByteBuffer
    ) -> Int {
        var start = range.lowerBound
        while let end = ByteScan.lineEndLetter(bytes, start..<range.upperBound) {
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end.lowerBound]))
            buffer.writeString(end.count == 2 ? "\\u0085" : bytes[end.upperBound - 1] == 0xA8 ? "\\u2028" : "\\u2029")
            start = end.upperBound
        }
        return start
    }

    private static func escape(_ byte: UInt8, into buffer: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0D: buffer.writeStaticString("\\r")
        case 0x09: buffer.writeStaticString("\\t")
        case 0x08: buffer.writeStaticString("\\b")
        case 0x0C: buffer.writeStaticString("\\f")
        default:
            buffer.writeStaticString("\\u00")
            buffer.writeInteger(hexDigits[Int(byte >> 4)])
            buffer.writeInteger(hexDigits[Int(byte & 15)])
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

extension JSON.Object {
    package func render(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "{"))
        for (place, member) in members.enumerated() {
            if place > 0 { buffer.writeInteger(UInt8(ascii: ",")) }
            JSON.quote(member.key, into: &buffer)
            buffer.writeInteger(UInt8(ascii: ":"))
            member.value.render(into: &buffer)
        }
        buffer.writeInteger(UInt8(ascii: "}"))
    }
}
