import Ledger
import Logging

/// Bringing what was bought, whatever happens on the way.
///
/// A server takes a purchase for a while. Before it asks a provisioner, the dispatch record is durable: a purchase
/// that another finds behind that record may have had its effect, and is looked up before anything is asked for again.
extension Shop {
    /// Between two looks at what others have left.
    private static let interval = Duration.seconds(1)
    private static let atOnce = 64

    /// Dispatches until canceled.
    package func work() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    for task in try await due() { group.addTask { await task() } }
                } catch {
                    logger.warning("Purchases could not be looked at", metadata: ["cause": "\(error)"])
                }
                await bell.wait(atMost: Self.interval)
            }
        }
    }

    /// Everything that is due now, once, one after the other: what tests call instead of `work`.
    /// - Returns: how much there was.
    @discardableResult
    package func workOnce() async throws -> Int {
        let tasks = try await due()
        for task in tasks { await task() }
        return tasks.count
    }

    private func due() async throws -> [@Sendable () async -> Void] {
        let now = world.now()
        let until = now.adding(seconds: settings.dispatchSeconds)
        let own = fresh.take()
        let (most, isAny) = (Self.atOnce, try await isAnythingDue(at: now))
        let taken = !isAny ? Due() : try await store.write { rows in
            Due(
                purchases: try rows.takeDue(Purchase.self, at: now, until: until, limit: most),
                operations: try rows.takeDue(ServiceOperation.self, at: now, until: until, limit: most),
                services: try rows.takeDue(Service.self, at: now, until: until, limit: most))
        }
        var tasks: [@Sendable () async -> Void] = []
        for purchase in own + taken.purchases { tasks.append { await self.attend(to: purchase) } }
        for operation in taken.operations { tasks.append { await self.attend(to: operation) } }
        for service in taken.services { tasks.append { await self.attend(to: service) } }
        return tasks
    }

    private struct Due: Sendable {
        var purchases: [Purchase] = []
        var operations: [ServiceOperation] = []
        var services: [Service] = []
    }

    private func isAnythingDue(at now: Timestamp) async throws -> Bool {
        try await store.read { rows in
            try [Purchase.kind, ServiceOperation.kind, Service.kind].contains { try rows.isAnyDue(kind: $0, at: now) }
        }
    }

    /// The next step of a purchase that was taken.
    func attend(to taken: Purchase) async {
        do {
            switch taken.state.status {
            case .awaitingApproval: try await expire(taken)
            case .authorized: try await dispatch(taken)
            case .provisioning where taken.state.reason == nil: try await reconcile(taken)
            case .provisioning, .actionRequired, .reconciling: try await lookUp(taken)
            case .denied, .completed, .failed, .rejected, .expired, .canceled: break
            }
        } catch {
            // It is due again when the time of whoever took it is over.
            logger.warning(
                "A purchase could not be brought further", metadata: ["purchase": "\(taken.id)", "cause": "\(error)"])
        }
        news.tell(taken.id)
    }

    private func expire(_ taken: Purchase) async throws {
        let (world, now) = (world, world.now())
        try await change(taken) { purchase, books, rows in
            try purchase.end(as: .expired, because: "nobody agreed in time", books, by: "shop", at: now, world)
            try rows.close(purchase.state.approval, as: .expired, of: purchase.account)
        }
    }

    private func dispatch(_ taken: Purchase) async throws {
        let (world, now) = (world, world.now())
        let due = now.adding(seconds: settings.dispatchSeconds)
        let begun = try await change(taken) { purchase, books, rows in
            try purchase.begin(books, by: "shop", at: now)
            purchase.dueAt = due
            // Of a service that has ended meanwhile there is no more to be had.
            guard let extending = purchase.quote.extending,
                let service = try rows.find(Service.self, extending.service), !service.canBeExtended
            else { return }
            try purchase.end(
                as: .failed, because: "the service is \(service.status.rawValue)", books, by: "shop", at: now, world)
        }
        guard let begun, begun.state.status == .provisioning else { return }
        try await settle(begun, await ask(begun))
    }

    /// What was asked for before somebody died: nobody knows whether it is there.
    private func reconcile(_ taken: Purchase) async throws {
        let now = world.now()
        let doubtful = try await change(taken) { purchase, books, _ in
            try purchase.move(
                to: .reconciling, because: "the server that asked for it was lost", books, by: "shop", at: now)
        }
        if let doubtful { try await lookUp(doubtful) }
    }

    private func lookUp(_ taken: Purchase) async throws {
        let found = try await provisioner(taken.quote.item.provisioner).lookup(taken.token)
        switch found {
        case .found(let outcome): try await settle(taken, outcome)
        case .unknown: try await postpone(taken)
        case .absent:
            let now = world.now()
            let due = now.adding(seconds: settings.dispatchSeconds)
            let again = try await change(taken) { purchase, books, _ in
                if purchase.state.status == .provisioning {
                    purchase.attempts += 1
                } else {
                    try purchase.begin(books, by: "shop", at: now)
                }
                purchase.state.reason = nil
                purchase.dueAt = due
            }
            if let again { try await settle(again, await ask(again)) }
        }
    }

    private func ask(_ purchase: Purchase) async -> ProvisionOutcome {
        guard let provisioner = try? provisioner(purchase.quote.item.provisioner) else {
            return .unknown("there is no provisioner \(purchase.quote.item.provisioner)")
        }
        guard let extending = purchase.quote.extending else {
            return await provisioner.provision(
                ProvisionRequest(
                    token: purchase.token, account: purchase.account, service: purchase.service,
                    item: purchase.quote.item, configuration: purchase.quote.configuration,
                    quantity: purchase.quote.quantity, isTest: purchase.isTest))
        }
        guard let service = try? await store.read({ try $0.find(Service.self, extending.service) }) else {
            return .unknown("the service could not be read")
        }
        return await provisioner.perform(extending.action, on: service.resource, token: purchase.token)
    }

    /// Writes down what a provisioner said.
    func settle(_ taken: Purchase, _ outcome: ProvisionOutcome) async throws {
        let (world, now, settings) = (world, world.now(), settings)
        try await change(taken) { purchase, books, rows in
            switch outcome {
            case .succeeded:
                // The person has done what was asked, or the thing was found after all.
                if purchase.state.status == .actionRequired {
                    try purchase.move(to: .provisioning, books, by: "shop", at: now)
                }
                try purchase.complete(with: outcome, books, rows, by: "shop", at: now, world)
            case .pending(let milliseconds, _):
                if purchase.state.status != .provisioning {
                    try purchase.move(to: .provisioning, books, by: "shop", at: now)
                }
                purchase.state.reason = "blocked"
                purchase.dueAt = now.adding(milliseconds: Int64(max(milliseconds, 100)))
            case .actionRequired(let action):
                if purchase.state.status == .reconciling {
                    try purchase.move(to: .provisioning, books, by: "shop", at: now)
                }
                if purchase.state.status == .provisioning {
                    try purchase.move(to: .actionRequired, because: "a person is needed", books, by: "shop", at: now)
                }
                purchase.state.outputs = action
                purchase.dueAt = now.adding(seconds: settings.lookupSeconds)
            case .failed(let code, let message, true):
                try purchase.end(
                    as: .failed, because: "\(code): \(message)", books, by: "shop", at: now, world)
            case .failed(_, let message, false), .unknown(let message):
                if purchase.state.status == .provisioning {
                    try purchase.move(to: .reconciling, because: message, books, by: "shop", at: now)
                }
                purchase.dueAt = now.adding(seconds: settings.lookupSeconds)
            }
        }
    }

    /// Later again, each time after twice as long; an owner is told of what stays unknown.
    private func postpone(_ taken: Purchase) async throws {
        let (now, settings) = (world.now(), settings)
        try await change(taken) { purchase, books, _ in
            purchase.attempts += 1
            let factor = 1 << min(purchase.attempts, 16)
            let seconds = min(settings.lookupSeconds * factor, settings.longestLookupSeconds)
            purchase.dueAt = now.adding(seconds: seconds)
            if purchase.attempts == settings.lookupsBeforeAlert {
                books.tell("purchase.unresolved", of: purchase.id, by: "shop")
            }
        }
    }

    /// Changes a purchase where it still stands as it was taken; otherwise somebody else has brought it further.
    @discardableResult
    func change(
        _ taken: Purchase, _ work: @escaping @Sendable (inout Purchase, Books, any Transaction) throws -> Void
    ) async throws -> Purchase? {
        let changed = try await write(taken.account) { books, rows -> Purchase? in
            var purchase = try rows.find(Purchase.self, taken.id, of: taken.account)
            guard purchase.version == taken.version else { return nil }
            try work(&purchase, books, rows)
            return try rows.update(purchase)
        }
        return changed
    }
}
