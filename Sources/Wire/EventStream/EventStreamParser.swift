package import NIOCore

/// A reader of server-sent events (WHATWG HTML, "Server-sent events"), fed with bytes as they arrive. However the
/// bytes are divided, the events are the same.
package struct EventStreamParser: Sendable {
    /// Why reading cannot go on.
    package enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// One event, or one line, is longer than the limit.
        case tooLong(limitBytes: Int)

        package var description: String {
            switch self {
            case .tooLong(let limit): "a server-sent event is longer than \(limit) bytes"
            }
        }
    }

    /// What a line holds for an event.
    private enum Field {
        case data, event, id, retry, none
    }

    /// The stream's wish for the pause before coming back, the last valid one.
    package private(set) var retryMilliseconds: Int?

    private let limitBytes: Int
    private var fault: Fault?
    /// The beginning of a line whose end has not arrived.
    private var partial = ByteBuffer()
    private var isFirstLine = true
    private var endedWithCR = false
    private var data: ByteBuffer?
    private var name = ByteBuffer()
    private var givenID = ""
    private var lastEventID = ""

    /// `limitBytes` bounds what one event may hold together with the line being read.
    package init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Reads what arrived and hands every event that is now whole to `each`. After a fault, or an error of `each`, the
    /// stream cannot be read on.
    package mutating func feed(_ chunk: ByteBuffer, _ each: (EventStreamEvent) throws -> Void) throws {
        if let fault { throw fault }
        var start = chunk.readerIndex
        while start < chunk.writerIndex {
            if endedWithCR {
                endedWithCR = false
                if chunk.byte(at: start) == 0x0A {
                    start += 1
                    continue
                }
            }
            let stop = chunk.lineEnd(from: start)
            guard stop < chunk.writerIndex else { return try keep(chunk, start..<stop) }
            endedWithCR = chunk.byte(at: stop) == 0x0D
            try endLine(chunk, start..<stop, each)
            start = stop + 1
        }
    }

    private mutating func keep(_ chunk: ByteBuffer, _ range: Range<Int>) throws {
        try checkLimit(adding: partial.readableBytes + range.count)
        partial.writeImmutableBuffer(chunk.slice(range))
    }

    private mutating func endLine(
        _ chunk: ByteBuffer, _ range: Range<Int>, _ each: (EventStreamEvent) throws -> Void
    ) throws {
        guard partial.readableBytes > 0 else { return try line(chunk, range, each) }
        try keep(chunk, range)
        let whole = partial
        partial = ByteBuffer()
        try line(whole, whole.readerIndex..<whole.writerIndex, each)
    }

    private mutating func line(
        _ bytes: ByteBuffer, _ range: Range<Int>, _ each: (EventStreamEvent) throws -> Void
    ) throws {
        try checkLimit(adding: range.count)
        var range = range
        if isFirstLine {
            isFirstLine = false
            range = bytes.withoutMark(range)
        }
        if range.isEmpty { return try dispatch(each) }
        let (field, value) = Self.divide(bytes, range)
        switch field {
        case .data: append(bytes.slice(value))
        case .event: name = bytes.slice(value)
        case .id: take(id: bytes.slice(value))
        case .retry: take(retry: bytes.slice(value))
        case .none: break
        }
    }

    private mutating func dispatch(_ each: (EventStreamEvent) throws -> Void) throws {
        lastEventID = givenID
        defer {
            data = nil
            name = ByteBuffer()
        }
        guard let data else { return }
        try each(EventStreamEvent(data: data, lastEventID: lastEventID, name: name))
    }

    private mutating func append(_ value: ByteBuffer) {
        guard data != nil else {
            data = value
            return
        }
        data?.writeInteger(UInt8(ascii: "\n"))
        data?.writeImmutableBuffer(value)
    }

    private mutating func take(id: ByteBuffer) {
        guard !id.readableBytesView.contains(0) else { return }
        givenID = String(buffer: id)
    }

    private mutating func take(retry: ByteBuffer) {
        guard retry.readableBytesView.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
        retryMilliseconds = Int(String(buffer: retry)) ?? retryMilliseconds
    }

    /// What is held counts alike however the bytes were divided.
    private mutating func checkLimit(adding count: Int) throws {
        let held = (data?.readableBytes ?? -1) + 1 + name.readableBytes
        guard held + count > limitBytes else { return }
        let fault = Fault.tooLong(limitBytes: limitBytes)
        self.fault = fault
        throw fault
    }

    /// The field a line names and where its value stands.
    private static func divide(_ bytes: ByteBuffer, _ range: Range<Int>) -> (Field, Range<Int>) {
        bytes.withUnsafeBytes(in: range) { line in
            let colon = ByteScan.index(of: UInt8(ascii: ":"), in: line, from: 0)
            var start = min(colon + 1, line.count)
            if start < line.count, line[start] == UInt8(ascii: " ") { start += 1 }
            return (field(line, length: colon), range.lowerBound + start..<range.upperBound)
        }
    }

    private static func field(_ line: UnsafeRawBufferPointer, length: Int) -> Field {
        switch length {
        case 2 where line.begins("id"): .id
        case 4 where line.begins("data"): .data
        case 5 where line.begins("event"): .event
        case 5 where line.begins("retry"): .retry
        default: .none
        }
    }
}
