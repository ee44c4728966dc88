import Testing

@testable import Surfaces

/// Which `Accept` headers name an event stream.
@Suite struct AcceptedTypesTests {
    @Test(arguments: [
        ["text/event-stream"], ["TEXT/Event-Stream"], ["text/event-stream;q=0.001"], ["text/*"], ["Text/*; q=0.5"],
        ["application/json, text/event-stream"], ["application/json", "text/event-stream"],
        ["application/json;q=1,\ttext/event-stream ; charset=utf-8 ; q=0.1"], ["*/*;q=0, text/event-stream"],
        ["text/*;q=0, text/event-stream"], ["text/event-stream;q=high"], [",, text/event-stream"],
        [#"application/json;a="x,y;q=0", text/event-stream"#], ["text/event-stream;q=0", "text/event-stream"],
        [#"text/event-stream;a="\"q=0"; q=1"#],
    ])
    func namesAnEventStream(_ headers: [String]) {
        #expect(AcceptedTypes(headers).names("text/event-stream"))
    }

    @Test(arguments: [
        [], [""], ["*/*"], ["application/json"], ["text/event-stream;q=0"], ["text/event-stream; Q=0.000"],
        ["text/*, text/event-stream;q=0"], ["text/event-stream ; charset=utf-8; q=0"], ["text/plain"],
        ["text/event-streams"], ["x-text/event-stream"], ["application/json;a=text/event-stream"],
        [#"application/json;a=", text/event-stream""#], ["text/*;q=0", "*/*"], ["application/json", "*/*;q=0.8"],
    ])
    func namesNone(_ headers: [String]) {
        #expect(!AcceptedTypes(headers).names("text/event-stream"))
    }
}
