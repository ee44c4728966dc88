package import NIOCore

/// Server-sent events as they are written: LF line ends only, one blank line after each.
package enum EventStream {
    /// Appends a comment, which readers ignore: `: text` and a blank line.
    package static func comment(_ text: String, into buffer: inout ByteBuffer) {
        lines(text, prefix: ": ", into: &buffer)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    /// Appends an event. Every line of the payload (LF, CR or CRLF) becomes a `data:` line of its own.
    /// An id or a name that holds a line end, or an id that holds NUL, cannot be said in this format and is left out.
    package static func event(
        data: String, id: String? = nil, event: String? = nil, into buffer: inout ByteBuffer
    ) {
        fields(id: id, event: event, into: &buffer)
        lines(data, prefix: "data: ", into: &buffer)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    /// The same for a payload in bytes, which should be UTF-8.
    package static func event(
        data: ByteBuffer, id: String? = nil, event: String? = nil, into buffer: inout ByteBuffer
    ) {
        fields(id: id, event: event, into: &buffer)
        data.withUnsafeReadableBytes { lines($0, prefix: "data: ", into: &buffer) }
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    /// Appends an event whose payload `line` writes in place. It must write no line end: JSON as `JSON` renders it.
    package static func event<Failure: Error>(
        id: String? = nil, event: String? = nil, into buffer: inout ByteBuffer,
        line: (inout ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) {
        fields(id: id, event: event, into: &buffer)
        buffer.writeStaticString("data: ")
        try line(&buffer)
        buffer.writeStaticString("\n\n")
    }

    private static func fields(id: String?, event: String?, into buffer: inout ByteBuffer) {
        if let id, isOneLine(id), !id.utf8.contains(0) { field("id: ", id, into: &buffer) }
        if let event, isOneLine(event) { field("event: ", event, into: &buffer) }
    }

    private static func field(_ name: StaticString, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeString(value)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    private static func isOneLine(_ text: String) -> Bool {
        !text.utf8.contains { $0 == 0x0A || $0 == 0x0D }
    }

    private static func lines(_ text: String, prefix: StaticString, into buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { lines(UnsafeRawBufferPointer($0), prefix: prefix, into: &buffer) }
    }

    private static func lines(_ bytes: UnsafeRawBufferPointer, prefix: StaticString, into buffer: inout ByteBuffer) {
        var start = 0
        while true {
            let stop = ByteScan.lineEnd(bytes, from: start)
            buffer.writeStaticString(prefix)
            if stop > start { buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<stop])) }
            buffer.writeInteger(UInt8(ascii: "\n"))
            guard stop < bytes.count else { return }
            let pair = bytes[stop] == 0x0D && stop + 1 < bytes.count && bytes[stop + 1] == 0x0A
            start = stop + (pair ? 2 : 1)
        }
    }
}
