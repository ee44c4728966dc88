import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Answers a request with a run's events, wherever the run is kept.
struct RunStream: Sendable {
    let runs: Runs
    let limits: Limits
    let world: World
    let open: OpenStreams

    /// A place for one more stream, to be taken before anything is begun for it.
    /// - Throws: `limitExceeded` when all are taken.
    func seat() throws(Refusal) -> OpenStreams.Seat {
        try open.take(limits.openStreams)
    }

    /// - Parameters:
    ///   - hearsAll: whether the renderer is given every event, also those before the first that it is to show.
    ///   - makeRenderer: called once, where the stream is written, with the first sequence that is to be shown.
    func response(
        for reading: Runs.Reading, after cursor: Cursor?, hearsAll: Bool = false, in seat: OpenStreams.Seat?,
        on channel: any Channel, as makeRenderer: @escaping @Sendable (Run, _ first: Int64) -> any StreamRenderer
    ) throws -> Response {
        let attendance = Attendance(at: reading, runs)
        let first = try runs.place(after: cursor, in: reading)
        let body = ResponseBody { writer in
            let slow = SlowReader(on: channel, seconds: limits.slowReaderSeconds)
            defer {
                slow.stop()
                seat?.give()
            }
            attendance.begin()
            let (renderer, begin) = (makeRenderer(reading.run, first), hearsAll ? 0 : first)
            switch reading {
            case .live(let live): try await follow(live, from: Int(begin), on: channel, as: renderer)
            case .stored(let run): try await replay(run, from: begin, as: renderer, to: &writer)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers, body: body)
    }

    static let headers: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache", .accelBuffering: "no",
    ]

    private func follow(
        _ live: LiveRun, from index: Int, on channel: any Channel, as renderer: any StreamRenderer
    ) async throws {
        let stream = LiveStream(live, from: index, to: channel, as: renderer, limits: limits)
        do {
            try await stream.run()
            runs.leave(live, stream)
        } catch {
            runs.leave(live, stream)
            throw error
        }
    }

    private func replay(
        _ run: Run, from first: Int64, as renderer: any StreamRenderer, to writer: inout any ResponseBodyWriter
    ) async throws {
        var next = first
        do {
            try await tell(run, from: &next, as: renderer, to: &writer)
        } catch let refusal as Refusal where refusal.reason == .unavailable {
            // Another server may still reach the store.
            var buffer = ByteBuffer()
            renderer.handOver(after: next - 1, into: &buffer)
            try await writer.write(buffer)
        }
    }

    private func writeEach(_ values: [ByteBuffer], to writer: inout any ResponseBodyWriter) async throws {
        for value in values {
            try await writer.write(value)
            try await world.sleep(.nanoseconds(Outbox.pause.nanoseconds))
        }
    }

    private func tell(
        _ run: Run, from next: inout Int64, as renderer: any StreamRenderer, to writer: inout any ResponseBodyWriter
    ) async throws {
        var buffer = ByteBuffer()
        renderer.open(into: &buffer)
        let bell = await runs.listen(to: run)
        defer { runs.stopListening(to: run, bell) }
        var quiet = Duration.zero
        while true {
            let events = try await runs.events(of: run, from: next)
            if renderer.writesEach {
                try await writeEach(renderer.values(of: events), to: &writer)
            } else {
                for event in events { renderer.render(event, into: &buffer) }
            }
            if buffer.readableBytes > 0 { try await writer.write(buffer) }
            buffer.clear()
            if let last = events.last {
                if last.isTerminal { return }
                next = last.sequence + 1
                quiet = .zero
            } else {
                guard !runs.isHandingOver else {
                    renderer.handOver(after: next - 1, into: &buffer)
                    return try await writer.write(buffer)
                }
                // Another server holds this run, or nobody yet: its log is all there is to follow.
                let began = world.uptime()
                await bell.wait(atMost: runs.lookAgain)
                try Task.checkCancellation()
                quiet += .nanoseconds(world.uptime() - began)
                if quiet >= .seconds(limits.heartbeatSeconds) {
                    renderer.heartbeat(into: &buffer)
                    quiet = .zero
                }
                let now = try await runs.summary(of: run.id)
                guard let now, now.floor <= next else {
                    // One that is not there any more was canceled, and removed with its conversation.
                    let gone = Refusal(.gone, "The events of this run are no longer kept.")
                    let kind: RunEvent.Kind = now == nil ? .canceled : .failed(gone)
                    renderer.render(RunEvent(sequence: next, at: world.now(), kind: kind), into: &buffer)
                    return try await writer.write(buffer)
                }
                next = min(next, now.last ?? next)
            }
        }
    }
}

/// A reader who is expected: if the connection is gone before the stream begins, the run is told that nobody came.
private final class Attendance: Sendable {
    private let live: LiveRun?
    private let runs: Runs
    private let hasBegun = Atomic(false)

    init(at reading: Runs.Reading, _ runs: Runs) {
        live = if case .live(let live) = reading { live } else { nil }
        self.runs = runs
    }

    func begin() {
        hasBegun.store(true, ordering: .relaxed)
    }

    deinit {
        if let live, !hasBegun.load(ordering: .relaxed) { runs.abandon(live) }
    }
}
