import Domain
import Logging
import NIOCore
import NIOHTTP1
import Wire

/// What the connection tells.
extension HTTPAsking: ResponseReader {
    func requestWasSent() {
        limits.wasSent(at: .now())
    }

    func received(_ head: HTTPResponseHead) {
        if isLive { read(head) }
    }

    func received(_ part: ByteBuffer) {
        if isLive { read(part) }
    }

    func responseEnded() {
        let stage = stage
        exchangeIsOver()
        guard isLive else { return closeLingering() }
        switch stage {
        case .events: reader.streamEnded(for: self)
        case .whole: reader.read(whole: body, for: self)
        case .refused(let head): refuse(head)
        case .asking, .over: fail(.cut(name))
        }
    }

    func responseFailed(_ error: any Error) {
        let stage = stage
        let wasKept = connection?.isKept == true
        exchangeIsOver()
        guard isLive else { return closeLingering() }
        switch stage {
        case .asking where wasKept && mayHaveCrossed(error):
            hasAskedAgain = true
            asksAgain()
        case .refused(let head): refuse(head)
        case .events where reader.hasFinished: reader.streamEnded(for: self)
        case .asking, .events, .whole, .over: failConnection(error)
        }
    }

    /// A server closes a free connection whenever it likes, perhaps while the question was on its way: then it has not
    /// been read. What breaks later, or again, is a failure like any other.
    private func mayHaveCrossed(_ error: any Error) -> Bool {
        !hasAskedAgain && ConnectionTrouble(error) == .broken && limits.wasSent(within: .seconds(2), of: .now())
    }

    private func failConnection(_ error: any Error) {
        let trouble = ConnectionTrouble(error)
        upstream.logger.info(
            "upstream connection failed", metadata: ["upstream": "\(name)", "trouble": "\(trouble)"])
        fail(trouble.fault(upstream.settings, hasBegun: limits.hasBegun))
    }

    private func exchangeIsOver() {
        stage = .over
        connection = nil
    }

    /// After the answer's end: the connection is free, or has had its moment.
    func closeLingering() {
        alarm?.cancel()
        alarm = nil
        connection?.drop()
        connection = nil
        giveSeatBack()
    }
}

/// Reading the response.
extension HTTPAsking {
    private func read(_ head: HTTPResponseHead) {
        guard (200..<300).contains(head.status.code) else {
            stage = .refused(head)
            return answerBegins()
        }
        forgetPrompt()
        switch ContentKind(head.headers) {
        case .events: stage = .events
        case .json: stage = .whole
        case .unsaid: stage = upstream.settings.streams ? .events : .whole
        case .other(let type): fail(UpstreamFault(name, "answered with \(type), which no API for models does."))
        }
    }

    private func read(_ part: ByteBuffer) {
        limits.heardSomething(at: .now())
        switch stage {
        case .events: read(events: part)
        case .whole: read(whole: part)
        case .refused(let head): read(refusal: part, head)
        case .asking, .over: break
        }
    }

    private func read(events part: ByteBuffer) {
        do {
            try parser.feed(part) { event in
                guard isLive else { return }
                if reader.read(event, for: self), !limits.hasBegun { answerBegins() }
            }
        } catch {
            fail(.tooLong(name, "an event"))
        }
    }

    private func read(whole part: ByteBuffer) {
        if !limits.hasBegun { answerBegins() }
        guard body.readableBytes + part.readableBytes <= AnswerLimits.wholeBytes else {
            return fail(.tooLong(name, "an answer"))
        }
        body.writeImmutableBuffer(part)
    }

    private func read(refusal part: ByteBuffer, _ head: HTTPResponseHead) {
        let room = AnswerLimits.refusalBytes - body.readableBytes
        body.writeBytes(part.readableBytesView.prefix(room))
        if part.readableBytes > room { refuse(head) }
    }

    /// Ends with what the status and the words beside it mean, unless they teach how to ask better.
    func refuse(_ head: HTTPResponseHead) {
        if [400, 422].contains(head.status.code), case .over = stage,
            asksOtherwise(upstream.format.lesson(String(buffer: body)))
        {
            return
        }
        fail(UpstreamRefusal(head, body).fault(upstream, model: model))
    }
}

/// How a body is to be read, by its header.
enum ContentKind: Equatable {
    case events, json, unsaid
    case other(String)

    init(_ headers: HTTPHeaders) {
        if let coding = headers.first(name: "Content-Encoding"), coding.lowercased() != "identity" {
            self = .other("a compressed body")
            return
        }
        let type = headers.first(name: "Content-Type")?.prefix { $0 != ";" }.lowercased() ?? ""
        switch type.trimmingPrefix(" ").prefix(while: { $0 != " " }) {
        case "": self = .unsaid
        case "text/event-stream": self = .events
        case let type where type == "application/json" || type.hasSuffix("+json"): self = .json
        case let type: self = .other("“\(type.prefix(80))”")
        }
    }
}
