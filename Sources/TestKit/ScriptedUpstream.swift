package import Domain
import Synchronization

/// A model that says what a test tells it to say, when the test tells it.
package final class ScriptedUpstream: Upstream, UpstreamMaker {
    /// One question that was asked, and the way to answer it.
    package final class Asked: Asking {
        package let prompt: Prompt
        package let answer: any Answer
        private let canceled = Mutex(false)

        init(_ prompt: Prompt, _ answer: any Answer) {
            self.prompt = prompt
            self.answer = answer
        }

        package var isCanceled: Bool { canceled.withLock { $0 } }
        package func cancel() { canceled.withLock { $0 = true } }

        package func say(_ words: String...) {
            for word in words { answer.received(.text(word)) }
        }

        package func finish(_ reason: FinishReason = .stop) { answer.ended(.finished(reason)) }

        package func fail(_ message: String, isTransient: Bool, retryAfter: Double? = nil) {
            answer.ended(
                .failed(
                    UpstreamFault(
                        Refusal(.unavailable, message), isTransient: isTransient, retryAfterSeconds: retryAfter)))
        }
    }

    private struct State {
        var asked: [Asked] = []
        var waiting: [(number: Int, continuation: CheckedContinuation<Asked, Never>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func upstream(for settings: UpstreamSettings) -> any Upstream { self }

    package func ask(_ prompt: Prompt, near place: (any Sendable)?, into answer: any Answer) -> any Asking {
        let asked = Asked(prompt, answer)
        let told = state.withLock { state in
            state.asked.append(asked)
            let count = state.asked.count
            defer { state.waiting.removeAll { $0.number == count } }
            return state.waiting.filter { $0.number == count }
        }
        told.forEach { $0.continuation.resume(returning: asked) }
        return asked
    }

    package var count: Int { state.withLock { $0.asked.count } }

    /// The question with that number, counted from 1, once it has been asked.
    package func question(_ number: Int) async -> Asked {
        await withCheckedContinuation { continuation in
            let there = state.withLock { state -> Asked? in
                if state.asked.count >= number { return state.asked[number - 1] }
                state.waiting.append((number, continuation))
                return nil
            }
            if let there { continuation.resume(returning: there) }
        }
    }
}
