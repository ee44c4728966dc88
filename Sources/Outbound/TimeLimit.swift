import NIOCore

/// The time that something has, and the way of not waiting longer for it.
struct TimeLimit: Sendable {
    /// The time has passed.
    struct Passed: Error {}

    let end: NIODeadline
    let loop: any EventLoop

    init(seconds: Int, on loop: any EventLoop) {
        end = .now() + .seconds(Int64(max(0, min(seconds, 86_400))))
        self.loop = loop
    }

    var left: TimeAmount { max(.zero, end - .now()) }

    /// Work that is late, or no longer wanted, is canceled and not waited for: a resolver does not hear of it.
    func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let promise = loop.makePromise(of: Value.self)
        let alarm = loop.scheduleTask(deadline: end) { promise.fail(Passed()) }
        let task = Task {
            do { promise.succeed(try await work()) } catch { promise.fail(error) }
        }
        defer {
            alarm.cancel()
            task.cancel()
        }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }
}
