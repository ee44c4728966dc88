import Logging
import Synchronization

/// Gets a run its answer: asks the agent's models in turn until one speaks, and writes what it says to the log.
///
/// Asking again, or another model, happens only before the first token.
final class Answering: Sendable {
    /// Longest wait between two attempts; an upstream that wants more is passed over.
    static let longestWaitSeconds = 30.0

    private struct State {
        var attempt: Attempt?
        var remaining: [(source: UpstreamSettings, model: String)]
        var retriesLeft = 0
        var retried = 0
        var isOver = false
    }

    let live: LiveRun
    private let prompt: Prompt
    private let maker: any UpstreamMaker
    private let outputBytes: Int
    private let place: (any Sendable)?
    private let logger: Logger
    private let state: Mutex<State>

    init(
        _ live: LiveRun, prompt: Prompt, plan: [(source: UpstreamSettings, model: String)],
        maker: any UpstreamMaker, outputBytes: Int, place: (any Sendable)?, logger: Logger
    ) {
        self.live = live
        self.prompt = prompt
        self.maker = maker
        self.outputBytes = outputBytes
        self.place = place
        self.logger = logger
        state = Mutex(State(remaining: plan))
    }

    func begin() {
        let first = state.withLock { state -> (source: UpstreamSettings, model: String)? in
            state.retriesLeft = state.remaining.first?.source.retries ?? 0
            return state.isOver ? nil : state.remaining.first
        }
        if let first { ask(first) }
    }

    /// Closes the upstream's connection; the log is the caller's to end.
    func stop() {
        let attempt = state.withLock { state in
            state.isOver = true
            defer { state.attempt = nil }
            return state.attempt
        }
        attempt?.cancel()
    }

    private func ask(_ target: (source: UpstreamSettings, model: String)) {
        var prompt = prompt
        prompt.model = target.model
        let attempt = Attempt(of: self)
        let isOver = state.withLock { state in
            if !state.isOver { state.attempt = attempt }
            return state.isOver
        }
        guard !isOver else { return }
        attempt.hold(maker.upstream(for: target.source).ask(prompt, near: place, into: attempt))
    }

    func received(_ piece: AnswerPiece) {
        let room = outputBytes - live.outputBytes
        let standing: (isOpen: Bool, outputBytes: Int)
        switch piece {
        case .text(let text) where text.utf8.count > room: return endAtLimit(after: text.beginning(ofBytes: room))
        case .toolCall(let json) where json.utf8.count > room: return endAtLimit(after: "")
        case .choices(let json) where json.utf8.count > room: return endAtLimit(after: "")
        case .text(let text): standing = live.append(.text(text))
        case .toolCall(let json): standing = live.append(.toolCall(json))
        case .choices(let json): standing = live.append(.choices(json))
        case .stepStarted(let step): standing = live.append(.stepStarted(step))
        case .stepFinished(let step): standing = live.append(.stepFinished(step))
        case .usage(let usage): standing = live.append(.usage(counted(usage)))
        }
        if !standing.isOpen { stop() }
    }

    /// An answer is never longer than it may be: what still fits of its last text is kept, half a tool call is not.
    private func endAtLimit(after rest: String) {
        if !rest.isEmpty { live.append(.text(rest)) }
        live.append(.usage(estimate(live.outputBytes)), .finished(.length))
        stop()
    }

    func ended(_ end: AnswerEnd, hasSpoken: Bool, hasUsage: Bool) {
        switch end {
        case .finished(let reason):
            stop()
            if hasUsage {
                live.append(.finished(reason))
            } else {
                live.append(.usage(estimate(live.outputBytes)), .finished(reason))
            }
        case .failed(let fault) where hasSpoken: fail(fault.refusal)
        case .failed(let fault): tryNext(after: fault)
        }
    }

    private func estimate(_ outputBytes: Int) -> Usage {
        counted(.estimate(inputBytes: prompt.textBytes, outputBytes: outputBytes))
    }

    private func counted(_ usage: Usage) -> Usage {
        var usage = usage
        usage.knowledgeTokens = prompt.knowledgeTokens
        return usage
    }

    private func fail(_ refusal: Refusal) {
        stop()
        live.append(.failed(refusal))
    }

    private func tryNext(after fault: UpstreamFault) {
        logger.warning(
            "An upstream did not answer",
            metadata: [
                "run": "\(live.id)", "cause": "\(fault.refusal.message)", "transient": "\(fault.isTransient)",
            ])
        let wait = fault.retryAfterSeconds ?? 0
        let next = state.withLock { state -> Next in
            if fault.isTransient, state.retriesLeft > 0, wait <= Self.longestWaitSeconds,
                let again = state.remaining.first
            {
                state.retriesLeft -= 1
                state.retried += 1
                return .again(again, after: max(wait, 0.25 * Double(1 << min(state.retried, 5))))
            }
            state.remaining.removeFirst()
            state.retried = 0
            state.retriesLeft = state.remaining.first?.source.retries ?? 0
            return state.remaining.first.map { .other($0) } ?? .nobody
        }
        switch next {
        case .again(let target, let seconds): Task { await self.ask(target, after: seconds) }
        case .other(let target): ask(target)
        case .nobody: fail(fault.refusal)
        }
    }

    private enum Next {
        case again((source: UpstreamSettings, model: String), after: Double)
        case other((source: UpstreamSettings, model: String))
        case nobody
    }

    /// Waits with a jitter of a fifth, so that many runs do not come back at once.
    private func ask(_ target: (source: UpstreamSettings, model: String), after seconds: Double) async {
        let jitter = Double(live.world.random(1).first ?? 0) / 255 * 0.2
        try? await live.world.sleep(.seconds(seconds * (1 + jitter)))
        ask(target)
    }
}

/// One question to one model; what it says after it was given up is not heard.
private final class Attempt: Answer {
    private struct State {
        var asking: (any Asking)?
        var hasSpoken = false
        var hasUsage = false
        var isOver = false
    }

    private let answering: Answering
    private let state = Mutex(State())

    init(of answering: Answering) {
        self.answering = answering
    }

    /// Keeps the way to cancel; uses it at once if the end came before.
    func hold(_ asking: any Asking) {
        let isOver = state.withLock { state in
            if !state.isOver { state.asking = asking }
            return state.isOver
        }
        if isOver { asking.cancel() }
    }

    func cancel() {
        let asking = state.withLock { state in
            state.isOver = true
            defer { state.asking = nil }
            return state.asking
        }
        asking?.cancel()
    }

    func received(_ piece: AnswerPiece) {
        let isOver = state.withLock { state in
            if case .usage = piece { state.hasUsage = true } else { state.hasSpoken = true }
            return state.isOver
        }
        if !isOver { answering.received(piece) }
    }

    func ended(_ end: AnswerEnd) {
        let told = state.withLock { state -> (spoken: Bool, usage: Bool)? in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.asking = nil
            return (state.hasSpoken, state.hasUsage)
        }
        if let told { answering.ended(end, hasSpoken: told.spoken, hasUsage: told.usage) }
    }
}
