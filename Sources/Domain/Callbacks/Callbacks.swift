/// Lists callbacks for the operator, and has them sent again.
package struct Callbacks: Sendable {
    private let store: any Store
    private let world: World

    package init(store: any Store, world: World) {
        self.store = store
        self.world = world
    }

    /// Newest first.
    package func list(limit: Int, state: Callback.State?) async throws -> [Callback] {
        try await store.read { try $0.callbacks(limit: limit, state: state) }
    }

    /// A callback with every attempt at it, and how its endpoint does.
    package struct Whole: Sendable {
        package var callback: Callback
        package var deliveries: [Delivery]
        package var endpoint: Endpoint?
    }

    package func show(_ run: ID) async throws -> Whole {
        try await store.read { rows in
            let callback = try Self.callback(of: run, in: rows)
            return Whole(
                callback: callback, deliveries: try rows.deliveries(of: run),
                endpoint: try rows.endpoint(named: callback.endpoint))
        }
    }

    /// Has it sent at once, whatever came of it before, also to an endpoint that is paused.
    /// - Throws: `conflict` where the run has not ended.
    package func retry(_ run: ID) async throws -> Callback {
        let now = world.now()
        return try await store.write { rows in
            var callback = try Self.callback(of: run, in: rows)
            guard callback.state != .waiting else {
                throw Refusal(
                    .conflict, "The request \(run) has not ended: there is nothing to tell yet.", field: "run")
            }
            callback.state = .due
            callback.dueAt = now
            try rows.update(callback)
            if var endpoint = try rows.endpoint(named: callback.endpoint), endpoint.pausedUntil != nil {
                endpoint.pausedUntil = nil
                try rows.put(endpoint)
            }
            return callback
        }
    }

    private static func callback(of run: ID, in rows: any Transaction) throws -> Callback {
        guard let callback = try rows.callback(of: run) else {
            throw Refusal(.notFound, "The request \(run) has no callback.", field: "run")
        }
        return callback
    }
}
