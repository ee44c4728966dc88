import NIOCore
import Testing
import Wire

@Suite struct EventStreamWriterTests {
    private func written(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return String(buffer: buffer)
    }

    @Test func `a comment is a line of its own`() {
        #expect(written { EventStream.comment("connected", into: &$0) } == ": connected\n\n")
        #expect(written { EventStream.comment("a\nb", into: &$0) } == ": a\n: b\n\n")
    }

    @Test func `an event is its id, its name, its data and a blank line`() {
        #expect(written { EventStream.event(data: "x", into: &$0) } == "data: x\n\n")
        #expect(
            written { EventStream.event(data: "x", id: "run:1", event: "add", into: &$0) }
                == "id: run:1\nevent: add\ndata: x\n\n")
        #expect(
            written { EventStream.event(id: "1", into: &$0) { JSON.object(["a": 1]).render(into: &$0) } }
                == "id: 1\ndata: {\"a\":1}\n\n")
    }

    @Test(arguments: [
        ("", "data: \n\n"), ("a\nb", "data: a\ndata: b\n\n"), ("a\r\nb", "data: a\ndata: b\n\n"),
        ("a\rb\n", "data: a\ndata: b\ndata: \n\n"), ("\n\r", "data: \ndata: \ndata: \n\n"), (" a", "data:  a\n\n"),
    ])
    func `every line of the payload becomes a data line`(payload: String, expected: String) {
        #expect(written { EventStream.event(data: payload, into: &$0) } == expected)
        #expect(written { EventStream.event(data: ByteBuffer(string: payload), into: &$0) } == expected)
    }

    @Test func `an id or a name that would break the format is left out`() {
        #expect(written { EventStream.event(data: "x", id: "1\ndata: y", event: "a\rb", into: &$0) } == "data: x\n\n")
        #expect(written { EventStream.event(data: "x", id: "1\0", into: &$0) } == "data: x\n\n")
    }
}
