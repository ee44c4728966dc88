import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import Synchronization
import Wire

/// One question on its way to a server, and the answer on its way back. The HTTP client calls it on `loop`, and there
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
    let loop: any EventLoop
    private var answer: (any Answer)?
    /// Kept until the answer begins, in case the question must be put otherwise.
    private var prompt: Prompt?
    /// False from the answer's end, or from the cancel, on.
    private let isHeard = Atomic(true)

    var stage = Stage.asking
    var task: HTTPClient.Task<Void>?
    var body = ByteBuffer()
    var parser = EventStreamParser(limitBytes: AnswerLimits.eventBytes)
    var reader: any AnswerReader
    var limits: AskingLimits
    var alarm: Scheduled<Void>?
    var alarmDeadline = NIODeadline.distantFuture
    var hasSeat = false
    private var quirks: Quirks

    init(of upstream: HTTPUpstream, _ prompt: Prompt, on loop: any EventLoop, into answer: any Answer) {
        self.upstream = upstream
        self.prompt = prompt
        model = prompt.model
        self.loop = loop
        self.answer = answer
        reader = upstream.format.reader()
        limits = AskingLimits(upstream.settings, began: .now())
        quirks = upstream.quirks
    }

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

    private func request() -> Result<HTTPClient.Request, UpstreamFault> {
        Result { [prompt, quirks] () throws(UpstreamFault) in
            guard let prompt else { throw .cut(name) }
            return try upstream.request(prompt, quirks: quirks)
        }
    }

    private func send(_ request: Result<HTTPClient.Request, UpstreamFault>) {
        guard let client = upstream.clients.client(on: loop, for: upstream.settings) else {
            return fail(.stopping(name))
        }
        switch request {
        case .failure(let fault): fail(fault)
        case .success(let request):
            stage = .asking
            // The client has one loop only, this one.
            let task = client.execute(request: request, delegate: self, eventLoop: .indifferent)
            self.task = task
            // Some failures (a client that is shut down) are told to the task only, not to its delegate.
            task.futureResult.whenFailure { [self] error in didReceiveError(task: task, error) }
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
        body.clear()
        limits.startOver()
        send(request())
        return true
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
        task?.cancel()
        task = nil
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
