import Domain
import NIOCore
import NIOPosix
import Synchronization

/// Someone who waits for an answer and remembers all of it.
final class Listener: Answer {
    enum Heard: Equatable, Sendable {
        case piece(AnswerPiece)
        case end(AnswerEnd)
    }

    private let stream: AsyncStream<Heard>
    private let continuation: AsyncStream<Heard>.Continuation
    private let loops = Mutex<Set<ObjectIdentifier?>>([])
    private let reaction: Mutex<(@Sendable (AnswerPiece) -> Void)?>

    init(onPiece reaction: (@Sendable (AnswerPiece) -> Void)? = nil) {
        (stream, continuation) = AsyncStream.makeStream()
        self.reaction = Mutex(reaction)
    }

    /// Every event loop that an answer was heard on.
    var heardOn: Set<ObjectIdentifier?> { loops.withLock { $0 } }

    func react(_ reaction: @escaping @Sendable (AnswerPiece) -> Void) {
        self.reaction.withLock { $0 = reaction }
    }

    func received(_ piece: AnswerPiece) {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) }
        loops.withLock { _ = $0.insert(loop) }
        continuation.yield(.piece(piece))
        reaction.withLock { $0 }?(piece)
    }

    func ended(_ end: AnswerEnd) {
        continuation.yield(.end(end))
    }

    func next() async -> Heard? {
        for await heard in stream { return heard }
        return nil
    }

    /// Everything up to the end.
    func all() async -> [Heard] {
        var all: [Heard] = []
        while let heard = await next() {
            all.append(heard)
            if case .end = heard { break }
        }
        return all
    }

    /// All text, and the end.
    func answer() async -> (text: String, end: AnswerEnd?) {
        var text = ""
        for heard in await all() {
            switch heard {
            case .piece(.text(let piece)): text += piece
            case .piece: break
            case .end(let end): return (text, end)
            }
        }
        return (text, nil)
    }

    func fault() async -> UpstreamFault? {
        if case .failed(let fault) = await answer().end { fault } else { nil }
    }

    /// What is heard from now on, when nothing more can come.
    func rest() async -> [Heard] {
        continuation.finish()
        var rest: [Heard] = []
        for await heard in stream { rest.append(heard) }
        return rest
    }
}
