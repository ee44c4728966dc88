import Synchronization

/// Who is to be told of something, once it is set.
///
/// A box with a reason: a function that is itself what a `Mutex` holds is wrapped once more each time it is looked at,
/// until calling it takes more stack than there is.
final class Ear<News>: Sendable {
    private struct Listener {
        var tell: @Sendable (News) -> Void = { _ in }
    }

    private let listener = Mutex(Listener())

    func listen(_ told: @escaping @Sendable (News) -> Void) {
        listener.withLock { $0.tell = told }
    }

    func tell(_ news: News) {
        listener.withLock { $0 }.tell(news)
    }
}
