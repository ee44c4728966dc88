import Domain
import NIOCore
import NIOHTTP1
import Synchronization
import Wire

/// One question on its way to a server, and the answer on its way back. The connection calls it on `loop`, and there
/// it calls the answer: a chunk goes from the socket to the reader without a hop. Everything but `isHeard` is touched
/// on `loop` only, which is what makes it safe to send.
final class HTTPAsking: Asking, @unchecked Sendable {
    /// Where the exchange stands, or how the body that is arriving is read.
    enum Stage {
        case asking, events, whole
        case refused(HTTPResponseHead)
        /// The HTTP exchange is over.
        case over
    }

    let upstream: HTTPUpstream
    let model: String
    /// Whether the question goes out as it came, and all of the answer is wanted.
    let passesThrough: Bool
    private let shelf: ConnectionShelf
    private var answer: (any Answer)?
    /// Kept until the answer begins, in case the question must be put otherwise.
    private var prompt: Prompt?
    /// False from the answer's end, or from the cancel, on.
    private let isHeard = Atomic(true)

    var stage = Stage.asking
    var connection: ServerConnection?
    var body = ByteBuffer()
    var parser = EventStreamParser(limitBytes: AnswerLimits.eventBytes)
    var reader: any AnswerReader
    var limits: AskingLimits
    var alarm: Scheduled<Void>?
    var alarmDeadline = NIODeadline.distantFuture
    var hasSeat = false
    var hasAskedAgain = false
    private var quirks: Quirks

    init(of upstream: HTTPUpstream, _ prompt: Prompt, over shelf: ConnectionShelf, into answer: any Answer) {
        self.upstream = upstream
        self.prompt = prompt
        model = prompt.model
        passesThrough = prompt.passthrough != nil
        self.shelf = shelf
        self.answer = answer
        let wantsEmbeddings = prompt.passthrough?.door == .embeddings
        reader = wantsEmbeddings ? EmbeddingsReader() : upstream.format.reader()
        limits = AskingLimits(upstream.settings, began: .now())
        quirks = upstream.quirks
    }

    var loop: any EventLoop { shelf.loop }
    var name: String { upstream.settings.name }
    var isLive: Bool { isHeard.load(ordering: .relaxed) }

    /// Makes the request here, on the caller's thread: it may hold megabytes.
    func begin() {
        let request = request()
        loop.execute { [self] in
            guard isLive else { return }
            guard upstream.seats.take() else { return end(.failed(.busy(upstream.settings))) }
            hasSeat = true
            setAlarm(limits.firstLook)
            send(request)
        }
    }

    private func request() -> Result<ServerRequest, UpstreamFault> {
        Result { [prompt, quirks] () throws(UpstreamFault) in
            guard let prompt else { throw .cut(name) }
            return try upstream.request(prompt, quirks: quirks)
        }
    }

    private func send(_ request: Result<ServerRequest, UpstreamFault>) {
        switch request {
        case .failure(let fault): fail(fault)
        case .success(let request):
            stage = .asking
            let limit = TimeAmount.limit(upstream.settings.connectSeconds)
            shelf.lend(request.address, upstream.security, within: limit) { [self] result in
                send(request, over: result)
            }
        }
    }

    private func send(_ request: ServerRequest, over result: Result<ServerConnection, any Error>) {
        switch result {
        case .failure(let error): responseFailed(error)
        // Nobody waits for the answer any more; somebody else may have use for the connection.
        case .success(let connection) where !isLive: shelf.keep(connection)
        case .success(let connection):
            self.connection = connection
            connection.send(request, for: self)
        }
    }

    /// The question cannot be put otherwise any more, and need not be remembered.
    func forgetPrompt() {
        prompt = nil
    }

    /// From any thread. A piece that another thread is handing over at this moment may still be heard.
    func cancel() {
        guard isHeard.exchange(false, ordering: .acquiringAndReleasing) else { return }
        if loop.inEventLoop {
            letGo()
        } else {
            loop.execute { [self] in letGo() }
        }
    }

    func deliver(_ piece: AnswerPiece) {
        guard isLive else { return }
        answer?.received(piece)
    }

    /// The answer's end. A connection whose response is still to be finished is given a moment, so that it is kept.
    func end(_ end: AnswerEnd) {
        guard isHeard.exchange(false, ordering: .acquiringAndReleasing) else { return }
        answer?.ended(end)
        answer = nil
        if case .failed = end { return letGo() }
        // The end of the response is mostly in the same bytes, and then there is nothing to wait for.
        loop.execute { [self] in linger() }
    }

    private func linger() {
        if case .over = stage { return letGo() }
        setAlarm(.now() + AnswerLimits.linger)
    }

    func fail(_ fault: UpstreamFault) {
        end(.failed(fault))
    }

    /// Asks once more, if the refusal taught something about how to ask.
    func asksOtherwise(_ lesson: Quirks) -> Bool {
        guard prompt != nil, !lesson.isEmpty, !quirks.isSuperset(of: lesson) else { return false }
        _ = upstream.learn(lesson)
        quirks.formUnion(lesson)
        asksAgain()
        return true
    }

    func asksAgain() {
        body.clear()
        limits.startOver()
        send(request())
    }

    func giveSeatBack() {
        guard hasSeat else { return }
        hasSeat = false
        upstream.seats.leave()
    }

    /// Closes what is open and forgets who listened.
    private func letGo() {
        answer = nil
        prompt = nil
        alarm?.cancel()
        alarm = nil
        connection?.drop()
        connection = nil
        giveSeatBack()
    }
}

/// What an answer may hold at most; more is a fault.
enum AnswerLimits {
    static let eventBytes = 1 << 20
    /// An answer in one piece.
    static let wholeBytes = 16 << 20
    /// The body of a refusal, as far as it is read.
    static let refusalBytes = 64 << 10
    /// The upstream's own words, in characters.
    static let messageLength = 300
    /// How long a finished response may take to close its HTTP message.
    static let linger = TimeAmount.seconds(1)
}
