import Domain
import NIOCore
import NIOHTTP1
import Wire

/// How one kind of server is asked, and how its answers are read.
protocol AskingFormat: Sendable {
    /// Where questions go, under the URL that the operator gave, which ends without a slash.
    func questionURL(_ base: String) -> String
    /// Where the models are listed.
    func modelsURL(_ base: String) -> String
    func headers(_ key: UpstreamKey?) -> HTTPHeaders
    func body(_ prompt: Prompt, streams: Bool, quirks: Quirks) -> ByteBuffer
    /// Members of a request that goes through as it came which such a server cannot be asked for.
    func strange(in passed: JSON.Object) -> [String]
    /// What the body of a refused question teaches about the server, if asking otherwise can help.
    func lesson(_ body: String) -> Quirks
    func reader() -> any AnswerReader
    /// Whether there may be embeddings too, as OpenAI has them.
    var hasEmbeddings: Bool { get }
}

extension AskingFormat {
    var hasEmbeddings: Bool { false }
    func strange(in passed: JSON.Object) -> [String] { [] }
}

/// What a server has shown that it does not understand. Remembered, so that it is asked in vain only once.
struct Quirks: OptionSet, Sendable {
    let rawValue: UInt8

    /// It refuses `stream_options`.
    static let noStreamOptions = Self(rawValue: 1)
    /// It wants `max_completion_tokens` for `max_tokens`.
    static let completionTokens = Self(rawValue: 2)
}

/// Reads one answer, event by event or in one piece, and tells the asking what it says. Lives on the asking's loop.
protocol AnswerReader: AnyObject {
    /// - Returns: false for an event that only says that the server is alive.
    func read(_ event: EventStreamEvent, for asking: HTTPAsking) -> Bool
    /// Reads an answer that came in one piece.
    func read(whole body: ByteBuffer, for asking: HTTPAsking)
    /// Whether the answer said why it ended, though its stream may go on.
    var hasFinished: Bool { get }
    /// Tells the asking what it means that the stream ends here.
    func streamEnded(for asking: HTTPAsking)
}
