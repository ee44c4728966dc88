package import Logging
import Synchronization

/// Sends what is due to whoever wanted to be told: the outbox of callbacks.
///
/// A callback is taken for a time. Whoever dies over it leaves it to be sent again: at least once, always under the
/// same id. Each endpoint has few at a time, so that a slow one does not hold up others.
package final class Courier: Sendable {
    /// How often it looks for what others made due.
    private static let interval = Duration.seconds(1)
    /// Kept from others for as much longer than an attempt may take.
    private static let marginSeconds = 10

    let store: any Store
    let world: World
    let limits: Limits
    let keys: APIKeys
    let outbound: any Outbound
    private let bell: Bell
    /// A run as it is told, in the words of the API through which it came.
    let body: @Sendable (Run) async throws -> [UInt8]
    let logger: Logger
    /// What is on its way, by endpoint.
    private let underWay = Mutex<[String: Int]>([:])

    package init(
        store: any Store, world: World, limits: Limits, keys: APIKeys, outbound: any Outbound, bell: Bell,
        logger: Logger, body: @escaping @Sendable (Run) async throws -> [UInt8]
    ) {
        self.store = store
        self.world = world
        self.limits = limits
        self.keys = keys
        self.outbound = outbound
        self.bell = bell
        self.logger = logger
        self.body = body
    }

    /// Sends until canceled.
    package func work() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    while let callback = try await take() {
                        group.addTask { await self.carry(callback) }
                    }
                } catch {
                    logger.warning("Callbacks could not be looked at", metadata: ["cause": "\(error)"])
                }
                await bell.wait(atMost: Self.interval)
            }
            group.cancelAll()
        }
    }

    private func take() async throws -> Callback? {
        let (count, busy) = underWay.withLock { underWay in
            let most = limits.endpointCallbacks
            return (underWay.values.reduce(0, +), underWay.filter { $0.value >= most }.map(\.key))
        }
        guard count < limits.callbacks, !Task.isCancelled else { return nil }
        let now = world.now()
        let until = now.adding(seconds: limits.callbackSeconds + Self.marginSeconds)
        let isAnyDue = try await store.read { try $0.isAnyCallbackDue(at: now, busy: busy) }
        guard isAnyDue else { return nil }
        let taken = try await store.write { rows -> Callback? in
            guard let callback = try rows.takeCallback(dueAt: now, until: until, busy: busy) else { return nil }
            try rows.put(Delivery(run: callback.run, number: callback.attempts, at: now))
            return callback
        }
        if let taken { underWay.withLock { $0[taken.endpoint, default: 0] += 1 } }
        return taken
    }

    private func carry(_ callback: Callback) async {
        var delivery = Delivery(run: callback.run, number: callback.attempts, at: world.now())
        let began = world.uptime()
        let reply = await send(callback)
        guard !Task.isCancelled || reply.status != nil else { return await giveBack(callback) }
        delivery.milliseconds = (world.uptime() - began) / 1_000_000
        delivery.status = reply.status
        delivery.problem = reply.problem
        do {
            try await note(delivery, reply, for: callback)
        } catch {
            // It is taken again when its time is over.
            logger.warning("A callback's end is not noted", metadata: ["run": "\(callback.run)", "cause": "\(error)"])
        }
        underWay.withLock { underWay in
            underWay[callback.endpoint, default: 1] -= 1
            if underWay[callback.endpoint] == 0 { underWay[callback.endpoint] = nil }
        }
        bell.ring()
    }

    /// The server stops: the attempt counts for nothing, and is another server's, or the next start's.
    private func giveBack(_ taken: Callback) async {
        let now = world.now()
        _ = try? await store.write { rows in
            guard var callback = try rows.callback(of: taken.run), callback.attempts == taken.attempts else { return }
            callback.attempts -= 1
            callback.dueAt = now
            try rows.update(callback)
        }
    }

    private func note(_ delivery: Delivery, _ reply: Reply, for taken: Callback) async throws {
        let now = world.now()
        let jitter = Double(world.random(1).first ?? 0) / 255
        try await store.write { [limits] rows in
            // It may have been removed with its run.
            guard var callback = try rows.callback(of: taken.run) else { return }
            try rows.put(delivery)
            var endpoint = try rows.endpoint(named: taken.endpoint) ?? Endpoint(name: taken.endpoint)
            let before = endpoint
            endpoint.note(reply, at: now, limits)
            if endpoint != before { try rows.put(endpoint) }
            // Others may have sent it, who thought this attempt was lost.
            guard callback.attempts == taken.attempts else { return }
            callback.note(reply, at: now, jitter: jitter, limits)
            try rows.update(callback)
        }
        logger.info(
            "Callback",
            metadata: [
                "run": "\(taken.run)", "attempt": "\(taken.attempts)", "status": "\(reply.status ?? 0)",
                "problem": "\(reply.problem ?? "")", "milliseconds": "\(delivery.milliseconds ?? 0)",
            ])
    }
}
