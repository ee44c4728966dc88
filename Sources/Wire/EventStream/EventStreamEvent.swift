package import NIOCore

/// One server-sent event as it was read.
package struct EventStreamEvent: Sendable {
    /// The payload without its last line end: a slice of what was fed where it stood there whole. Bytes that are not
    /// UTF-8 are passed on as they came.
    package let data: ByteBuffer
    /// The last id the stream has given, this event's or an earlier one's; empty when there was none.
    package let lastEventID: String
    /// The event's name as bytes; empty means "message".
    let name: ByteBuffer

    /// The event's name.
    package var event: String {
        name.readableBytes == 0 ? "message" : String(buffer: name)
    }

    /// Whether the event has that name, found without making a string of it.
    package func isNamed(_ word: StaticString) -> Bool {
        name.readableBytes == 0 ? word.description == "message" : name.spells(word)
    }

    /// Whether the payload is exactly that ASCII word, such as `[DONE]`.
    package func isData(_ word: StaticString) -> Bool {
        data.spells(word)
    }
}

extension ByteBuffer {
    /// Whether the readable bytes are that word.
    func spells(_ word: StaticString) -> Bool {
        guard readableBytes == word.utf8CodeUnitCount else { return false }
        return withUnsafeReadableBytes { bytes in
            for index in 0..<bytes.count where bytes[index] != word.utf8Start[index] { return false }
            return true
        }
    }
}
