import NIOCore
import Testing
import Wire

/// Mutated streams are read by the parser, in pieces and whole, and by a plain transcription of the standard.
@Suite struct EventStreamFuzzTests {
    private static let mutator = Mutator(
        seeds: [
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n",
            ": connected\n\nid: 7:1\nevent: add\ndata: a\ndata: b\n\n", "data:a\r\ndata\r\n\r\nid\ndata: x\r\r",
            "\u{feff}data: 1\n\nretry: 3000\nid: é\ndata:  two\n\nevent:\ndata:\n\n",
            "event: x\nid: 1\n\ndata: y\n\n",
        ],
        tokens: [
            "\r", "\n", "\r\n", "\n\n", "data", "data:", "data: ", "event: ", "id: ", "id\n", "retry: 5\n", ":", " ",
            "\u{0}", "\u{feff}", "é", "x",
        ],
        bytes: [[0xEF], [0xBB], [0xBF], [0xFF], [0xC3]])

    @Test(arguments: 0..<4) func `200,000 mutated streams in four parts give the same events`(part: Int) throws {
        var random = Seeded("SSE fuzz", part: part)
        var count = 0
        for _ in 0..<50_000 {
            let bytes = Self.mutator.mutant(&random)
            let expected = PlainReader.events(bytes)
            var whole = EventStreamParser(limitBytes: 1 << 16)
            var cut = EventStreamParser(limitBytes: 1 << 16)
            let events = try whole.events([bytes])
            count += events.count
            if events != expected { Issue.record("\(bytes): \(events), not \(expected)") }
            if try cut.events(pieces(bytes, &random)) != expected { Issue.record("cut up: \(bytes)") }
            if try written(events) != events { Issue.record("does not come back: \(bytes)") }
        }
        #expect(count > 50_000)
    }

    private func written(_ events: [PlainEvent]) throws -> [PlainEvent] {
        var buffer = ByteBuffer()
        for event in events {
            EventStream.event(
                data: ByteBuffer(bytes: event.data), id: event.lastEventID, event: event.event, into: &buffer)
        }
        var parser = EventStreamParser(limitBytes: 1 << 16)
        return try parser.events([Array(buffer.readableBytesView)])
    }
}

/// The standard's algorithm, word for word and without haste.
private enum PlainReader {
    static func events(_ input: [UInt8]) -> [PlainEvent] {
        let bytes = input.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(input.dropFirst(3)) : input
        var events: [PlainEvent] = []
        var (data, name, id): ([UInt8], [UInt8], String) = ([], [], "")
        for line in lines(bytes) {
            if line.isEmpty {
                if !data.isEmpty {
                    let event = name.isEmpty ? "message" : String(decoding: name, as: UTF8.self)
                    events.append(PlainEvent(event: event, data: data.dropLast(), lastEventID: id))
                }
                (data, name) = ([], [])
                continue
            }
            let pieces = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            var value = pieces.count > 1 ? Array(pieces[1]) : []
            if value.first == UInt8(ascii: " ") { value.removeFirst() }
            switch Array(pieces[0]) {
            case Array("data".utf8): data += value + [0x0A]
            case Array("event".utf8): name = value
            case Array("id".utf8): id = value.contains(0) ? id : String(decoding: value, as: UTF8.self)
            default: break
            }
        }
        return events
    }

    /// Every line that has an end.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if byte == 0x0A, place > 0, bytes[place - 1] == 0x0D { continue }
            if byte == 0x0A || byte == 0x0D {
                lines.append(line)
                line = []
            } else {
                line.append(byte)
            }
        }
        return lines
    }
}
