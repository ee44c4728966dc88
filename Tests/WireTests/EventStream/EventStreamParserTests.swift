import Foundation
import NIOCore
import Testing
import Wire

/// An event as the vectors write it.
struct PlainEvent: Equatable, CustomStringConvertible {
    var event: String
    var data: [UInt8]
    var lastEventID: String

    var description: String { "\(event) \(String(decoding: data, as: UTF8.self).debugDescription) \(lastEventID)" }
}

extension EventStreamParser {
    mutating func events(_ pieces: some Sequence<some Sequence<UInt8>>) throws -> [PlainEvent] {
        var events: [PlainEvent] = []
        for piece in pieces {
            try feed(ByteBuffer(bytes: piece)) {
                events.append(
                    PlainEvent(event: $0.event, data: Array($0.data.readableBytesView), lastEventID: $0.lastEventID))
            }
        }
        return events
    }
}

@Suite struct EventStreamParserTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let input: [UInt8]
        let events: [PlainEvent]
        let retry: Int?
        var testDescription: String { name }
    }

    static func vectors() throws -> [Vector] {
        let json = try JSON.parse(Array(resource("Vectors/sse_vectors.json")))
        return (json.array ?? []).map { vector in
            Vector(
                name: vector["name"]?.string ?? "", input: Array((vector["input"]?.string ?? "").utf8),
                events: (vector["events"]?.array ?? []).map {
                    PlainEvent(
                        event: $0["event"]?.string ?? "", data: Array(($0["data"]?.string ?? "").utf8),
                        lastEventID: $0["lastEventId"]?.string ?? "")
                },
                retry: vector["retry"]?.integer.map(Int.init))
        }
    }

    @Test func `there are 41 vectors`() throws {
        #expect(try Self.vectors().count == 41)
    }

    @Test func `every vector is read as it says, whole, byte by byte and cut anywhere`() throws {
        for vector in try Self.vectors() {
            try check(vector, [vector.input[...]])
            try check(vector, vector.input.map { [$0] })
            for cut in 0...vector.input.count {
                try check(vector, [vector.input[..<cut], [], vector.input[cut...]])
            }
        }
    }

    private func check(_ vector: Vector, _ pieces: [ArraySlice<UInt8>]) throws {
        var parser = EventStreamParser(limitBytes: 65_536)
        let events = try parser.events(pieces)
        #expect(events == vector.events, "\(vector.name), \(pieces.map(\.count))")
        #expect(parser.retryMilliseconds == vector.retry, "\(vector.name)")
    }

    @Test func `data that lies whole in what was fed is not copied`() throws {
        let chunk = ByteBuffer(string: "event: add\ndata: hello\n\n")
        var parser = EventStreamParser(limitBytes: 100)
        let start = chunk.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        try parser.feed(chunk) { event in
            let place = event.data.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
            #expect(place - start == 17)
            #expect(event.isNamed("add"))
            #expect(!event.isNamed("message"))
            #expect(event.isData("hello"))
        }
    }

    @Test func `an event without a name is a message`() throws {
        var parser = EventStreamParser(limitBytes: 100)
        try parser.feed(ByteBuffer(string: "data: [DONE]\n\n")) { event in
            #expect(event.isNamed("message"))
            #expect(event.isData("[DONE]"))
            #expect(!event.isData("[DONE"))
        }
    }

    @Test(arguments: [
        "data: 0123456789012345", ": a comment that is too long\n", "data: 01234567\ndata: 0123456789\n\n",
        "event: 0123456789\ndata: 0123456789\n\n",
        "data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n"
            + "data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n\n",
    ])
    func `what is longer than the limit is a fault however it arrives`(text: String) {
        let fault = EventStreamParser.Fault.tooLong(limitBytes: 20)
        var whole = EventStreamParser(limitBytes: 20)
        #expect(throws: fault) { try whole.events([Array(text.utf8)]) }
        #expect(throws: fault) { try whole.events([Array("data: a\n\n".utf8)]) }
        var slow = EventStreamParser(limitBytes: 20)
        #expect(throws: fault) { try slow.events(text.utf8.map { [$0] }) }
    }

    @Test func `a stream of any length is read within the limit of one event`() throws {
        var parser = EventStreamParser(limitBytes: 20)
        let events = try parser.events([Array(String(repeating: ": ping\ndata: 0123456789\n\n", count: 1000).utf8)])
        #expect(events.count == 1000)
    }

    @Test func `a line end may be the last byte and its event is not held back`() throws {
        var parser = EventStreamParser(limitBytes: 100)
        #expect(try parser.events([Array("data: a\r\n\r".utf8)]).count == 1)
        #expect(try parser.events([Array("\ndata: b\n\n".utf8)]).count == 1)
    }

    @Test func `an error of the receiver passes through`() {
        struct Enough: Error {}
        var parser = EventStreamParser(limitBytes: 100)
        #expect(throws: Enough.self) { try parser.feed(ByteBuffer(string: "data: a\n\n")) { _ in throw Enough() } }
    }
}
