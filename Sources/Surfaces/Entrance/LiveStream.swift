package import Domain
import Hummingbird
package import NIOCore
import NIOHTTPTypes
import Synchronization

/// How a dialect writes a run's events as server-sent events; used by one stream at a time.
package protocol StreamRenderer: AnyObject {
    /// What comes before the first event.
    func open(into buffer: inout ByteBuffer)
    func render(_ event: RunEvent, into buffer: inout ByteBuffer)
    func heartbeat(into buffer: inout ByteBuffer)
    /// What is said to a reader who has seen all up to a sequence, if anything, and is to go on elsewhere. No terminal
    /// marker: the answer goes on.
    func handOver(after sequence: Int64, into buffer: inout ByteBuffer)
    /// Whether its readers take each write for one value. Text that is there already is then one value, and values
    /// leave one at a time.
    var writesEach: Bool { get }
    /// What was rendered and held back, as one value.
    func settle(into buffer: inout ByteBuffer)
}

extension StreamRenderer {
    package var writesEach: Bool { false }
    package func settle(into buffer: inout ByteBuffer) {}

    /// Events as values that each leave in a write of their own.
    func values(of events: [RunEvent]) -> [ByteBuffer] {
        var values: [ByteBuffer] = []
        func add(_ write: (inout ByteBuffer) -> Void) {
            var buffer = ByteBuffer()
            write(&buffer)
            if buffer.readableBytes > 0 { values.append(buffer) }
        }
        for event in events {
            if !event.isText { add(settle) }
            add { render(event, into: &$0) }
        }
        add(settle)
        return values
    }
}

/// A reader of a live run at the end of one connection.
///
/// It writes straight to the connection on its event loop: from the upstream's chunk to the reader's socket there is
/// no async hop. What is woken while the loop reads is written when it has read, together with all that came
/// meanwhile. Everything but `wake` and `run` happens on that loop.
final class LiveStream: RunFollower, @unchecked Sendable {
    /// Bytes rendered for one write at most, so that a long replay takes turns with others.
    static let writeBytes = 64 * 1024

    let live: LiveRun
    let channel: any Channel
    let renderer: any StreamRenderer
    private let limits: Limits
    private let isWoken = Atomic(false)

    var index: Int
    private var exchanges: Exchanges?
    private var watch: ConnectionWatch?
    private var continuation: CheckedContinuation<Void, any Error>?
    private var beat: Scheduled<Void>?
    private var lastWrite = NIODeadline.now()
    private(set) var isOver = false
    private var isPumping = false
    var outbox = Outbox()

    init(_ live: LiveRun, from index: Int, to channel: any Channel, as renderer: any StreamRenderer, limits: Limits) {
        self.live = live
        self.channel = channel
        self.renderer = renderer
        self.limits = limits
        self.index = index
    }

    /// Streams until the terminal event is written.
    /// - Throws: `ReaderLeft` when the reader left or was too slow.
    func run() async throws {
        try await withCheckedThrowingContinuation { continuation in
            channel.eventLoop.execute { self.begin(continuation) }
        }
    }

    func wake() {
        guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
        channel.eventLoop.execute {
            self.isWoken.store(false, ordering: .releasing)
            self.pump()
        }
    }

    private func begin(_ continuation: CheckedContinuation<Void, any Error>) {
        self.continuation = continuation
        exchanges = try? channel.pipeline.syncOperations.handler(type: Exchanges.self)
        var buffer = channel.allocator.buffer(capacity: 512)
        renderer.open(into: &buffer)
        write(buffer)
        let high = limits.streamBufferBytes
        try? channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: high / 2, high: high))
        // Followed before it is watched: a reader who has left already must find something to leave.
        live.attach(self)
        guard !isOver else { return }
        scheduleBeat()
        // A connection that is closed has no handlers any more, and nobody to tell when its reader leaves.
        guard channel.isActive, let watch = try? channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
        else { return end(with: ReaderLeft()) }
        self.watch = watch
        watch.watch(
            left: { self.end(with: ReaderLeft()) }, doubt: { self.heartbeat() }, writable: { self.pump() })
    }

    private func pump() {
        if renderer.writesEach { return pumpEach() }
        // A write that drains at once says so before it returns, and would pump within this pump.
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while !isOver, channel.isWritable {
            var buffer = channel.allocator.buffer(capacity: 512)
            let isAtEnd = live.read(from: &index) { event in
                renderer.render(event, into: &buffer)
                return buffer.readableBytes < Self.writeBytes
            }
            guard buffer.readableBytes > 0 || isAtEnd else {
                if live.isHandedOver { handOver() }
                return
            }
            if buffer.readableBytes > 0 { write(buffer) }
            if isAtEnd { return end(with: nil) }
            // All that there was is written, unless the buffer was full.
            if buffer.readableBytes < Self.writeBytes, !live.isHandedOver { return }
        }
    }

    func handOver() {
        var buffer = channel.allocator.buffer(capacity: 512)
        renderer.handOver(after: Int64(index) - 1, into: &buffer)
        write(buffer)
        end(with: nil)
    }

    func write(_ buffer: ByteBuffer) {
        lastWrite = .now()
        exchanges?.send(buffer)
    }

    func end(with error: (any Error)?) {
        guard !isOver else { return }
        isOver = true
        beat?.cancel()
        watch?.unwatch()
        let continuation = continuation
        self.continuation = nil
        if let error { continuation?.resume(throwing: error) } else { continuation?.resume() }
    }

    /// Says now and then that the server is still there.
    private func scheduleBeat() {
        let due = max(NIODeadline.now() + .milliseconds(100), lastWrite + .seconds(Int64(limits.heartbeatSeconds)))
        beat = channel.eventLoop.scheduleTask(deadline: due) { self.beatNow() }
    }

    private func beatNow() {
        guard !isOver else { return }
        if NIODeadline.now() - lastWrite >= .seconds(Int64(limits.heartbeatSeconds)) { heartbeat() }
        scheduleBeat()
    }

    private func heartbeat() {
        guard !isOver, channel.isWritable else { return }
        var buffer = channel.allocator.buffer(capacity: 32)
        renderer.heartbeat(into: &buffer)
        write(buffer)
    }
}

/// The reader of a stream is gone.
struct ReaderLeft: Error {}
