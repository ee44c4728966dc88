package import Ledger
import Logging

/// Managing what was bought: changes are operations, kept and brought to their end; looks have no effect.
extension Shop {
    /// An operation, and what is told of it only now.
    package struct Performed: Sendable {
        package var operation: ServiceOperation
        package var secrets: JSONValue
        package var isRepeated: Bool
    }

    /// Changes a service. What the provisioner needs time for is still running when this returns.
    package func perform(
        _ action: ManagementAction, on service: ID, isDestructive: Bool, for buyer: Buyer, key: IdempotencyKey?
    ) async throws -> Performed {
        let (world, now) = (world, world.now())
        let (id, due) = (world.newID(), now.adding(seconds: settings.dispatchSeconds))
        let claim = key?.claim(by: buyer.principal, for: id, at: now)
        let shop = self
        let begun = try await write(buyer.account) { books, rows -> (ServiceOperation, Service, Bool) in
            let known = try rows.service(service, for: buyer)
            if let standing = try rows.standing(claim) {
                return (try rows.find(ServiceOperation.self, standing.subject, of: buyer.account), known, true)
            }
            try known.checkManageable()
            var operation = ServiceOperation(action, on: known, id: id, by: buyer, at: now)
            if try shop.asksFirst(&operation, known, isDestructive: isDestructive, for: buyer, books, rows) {
                return (operation, known, false)
            }
            try shop.start(&operation, known, books, by: buyer.actor, at: now)
            operation.dueAt = due
            try rows.insert(operation)
            return (operation, known, false)
        }
        guard !begun.2, begun.0.status == .running else {
            return Performed(operation: begun.0, secrets: .null, isRepeated: begun.2)
        }
        let provisioner = try provisioner(begun.1.item.provisioner)
        let outcome = await provisioner.perform(action, on: begun.1.resource, token: begun.0.token)
        var secrets = JSONValue.null
        if case .succeeded(_, _, let told) = outcome { secrets = told }
        let ended = try await settle(begun.0, outcome) ?? begun.0
        if ended.status == .failed, let refusal = ended.failure { throw refusal }
        return Performed(operation: ended, secrets: secrets, isRepeated: false)
    }

    /// Whoever looks after it does it; what it costs is held from now on.
    func start(
        _ operation: inout ServiceOperation, _ service: Service, _ books: Books, by actor: String, at now: Timestamp
    ) throws {
        operation.status = .running
        operation.hold = try hold(for: operation, service, books, at: now)
        books.tell("operation.started", of: operation.id, by: actor, operation.told)
    }

    /// What an action costs is held in the service's own balance.
    private func hold(
        for operation: ServiceOperation, _ service: Service, _ books: Books, at now: Timestamp
    ) throws -> Purchase.Hold? {
        let provisioner = try provisioner(service.item.provisioner)
        guard let cost = try provisioner.cost(of: operation.action, on: service.item), cost.micros > 0 else {
            return nil
        }
        let credits = AccountName.credits(service.id.uuid, isTest: service.isTest)
        let hold = Transfer(
            id: TransferID(world.newID()), debit: credits,
            credit: .revenue(service.item.category, isTest: service.isTest), amount: cost.micros, kind: .pending,
            code: "usage", subject: operation.id.uuid, actor: operation.actor, at: now.milliseconds)
        try books.fetch(balances: [credits])
        let left = Money(micros: try books.balance(of: credits).available)
        try books.post([hold]) { refused, outcome in
            guard outcome == .exceedsCredits else { return LedgerFault(refused, outcome) }
            return Refusal(
                .insufficientFunds,
                "The service's balance is \(left.dollars) USD, and this costs \(cost.dollars) USD: top it up.",
                code: "insufficient_funds",
                details: ["bindingConstraint": "service_balance", "availableMinor": .integer(left.minor)])
        }
        return Purchase.Hold(hold)
    }

    /// Writes down what a provisioner said of an operation.
    /// - Returns: nil where somebody else has brought it further.
    func settle(_ taken: ServiceOperation, _ outcome: ProvisionOutcome) async throws -> ServiceOperation? {
        let (world, now, settings) = (world, world.now(), settings)
        let ended = try await write(taken.account) { books, rows -> ServiceOperation? in
            var operation = try rows.find(ServiceOperation.self, taken.id, of: taken.account)
            guard operation.version == taken.version else { return nil }
            operation.updatedAt = now
            switch outcome {
            case .succeeded(_, let outputs, _):
                (operation.status, operation.outputs, operation.dueAt) = (.succeeded, outputs, nil)
                try books.post(
                    operation.hold.map { [$0] } ?? [], code: "usage", of: operation.id, by: "shop", at: now, world)
                try rows.note(outputs, of: operation, at: now)
            case .failed(let code, let message, true):
                (operation.status, operation.dueAt) = (.failed, nil)
                operation.failure = Self.refusal(code, message)
                try books.void(
                    operation.hold.map { [$0] } ?? [], of: operation.id, by: "shop", at: now, world)
            case .pending(let milliseconds, _):
                operation.dueAt = now.adding(milliseconds: Int64(max(milliseconds, 100)))
            case .actionRequired, .failed, .unknown:
                operation.status = .reconciling
                operation.dueAt = now.adding(seconds: settings.lookupSeconds)
            }
            if operation.status != taken.status {
                books.tell("operation.\(operation.status.rawValue)", of: operation.id, by: "shop", operation.told)
            }
            return try rows.update(operation)
        }
        news.tell(taken.id)
        return ended
    }

    /// The next step of an operation that was taken: whoever began it is gone, or it takes its time.
    func attend(to taken: ServiceOperation) async {
        do {
            guard taken.status != .awaitingApproval else { return try await expire(taken) }
            let service = try await store.read { try $0.find(Service.self, taken.service, of: taken.account) }
            let provisioner = try provisioner(service.item.provisioner)
            let outcome: ProvisionOutcome =
                switch await provisioner.lookup(taken.token) {
                case .found(let outcome): outcome
                case .absent:
                    await provisioner.perform(taken.action, on: service.resource, token: taken.token)
                case .unknown: .unknown("nothing is known of it yet")
                }
            _ = try await settle(taken, outcome)
        } catch {
            logger.warning(
                "An operation could not be brought further",
                metadata: ["operation": "\(taken.id)", "cause": "\(error)"])
        }
    }

    /// What a provisioner calls a fault of what was asked, as a refusal.
    private static func refusal(_ code: String, _ message: String) -> Refusal {
        switch code {
        case "invalid_input": Refusal(.invalid, message, code: code)
        case "capability_unsupported": Refusal(.unsupported, message, code: code)
        case "not_found": Refusal(.notFound, message, code: code)
        default: Refusal(.conflict, message, code: code)
        }
    }

    /// What a service is like, or, without one, what there is of a type.
    package func inspect(
        _ action: ManagementAction, on id: ID?, type: String, for buyer: Buyer
    ) async throws -> JSONValue {
        guard let id else {
            guard let item = catalog.first(where: { $0.serviceType == type && !$0.isDisabled }) else {
                throw Refusal(.unavailable, "Nothing of this kind is sold here.", code: "provider_unavailable")
            }
            return try await provisioner(item.provisioner)
                .inspect(action, on: nil)
        }
        let service = try await service(id, for: buyer)
        guard service.item.serviceType == type else { throw Self.unsupported(action, by: service) }
        guard service.status != .terminated else { throw Self.notNow(service) }
        return try await provisioner(service.item.provisioner).inspect(action, on: service.resource)
    }

    static func unsupported(_ action: ManagementAction, by service: Service) -> Refusal {
        Refusal(
            .unsupported, "\(action.name) is nothing that a \(service.item.serviceType) can do.", field: "serviceId",
            code: "capability_unsupported")
    }

    package func operation(
        _ id: ID, for buyer: Buyer, waitSeconds: Int = 0
    ) async throws -> ServiceOperation {
        let end = world.uptime() + Int64(min(waitSeconds, settings.waitSeconds)) * 1_000_000_000
        while true {
            let seen = try await store.read { try $0.find(ServiceOperation.self, id, of: buyer.account) }
            let left = end - world.uptime()
            guard !seen.status.isOver, left > 0, !Task.isCancelled else { return seen }
            await news.wait(for: id, atMost: .nanoseconds(min(left, 250_000_000)), in: world)
        }
    }

    /// Newest first.
    package func operations(
        of service: ID, for buyer: Buyer, status: ServiceOperation.Status?, limit: Int, after: ID?
    ) async throws -> (operations: [ServiceOperation], next: ID?) {
        _ = try await self.service(service, for: buyer)
        var page = RecordPage(account: buyer.account)
        page.parent = service
        page.shelves = status.map { [$0.rawValue] }
        let found = try await list(ServiceOperation.self, page, limit: limit, after: after) { _ in true }
        return (found.records, found.next)
    }
}

extension [PolicyTrace] {
    /// As refusals carry it.
    package var json: JSONValue {
        ["trace": .array(map(\.json))]
    }
}

extension PolicyTrace {
    /// `{layer, ruleId, outcome, limitMinor?, usedMinor?, heldMinor?, resetsAt?, message}`
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "layer": .string(layer), "ruleId": .string(rule), "outcome": .string(outcome.word),
            "message": .string(message),
        ]
        members["limitMinor"] = limit.map { .integer($0.minor) }
        members["usedMinor"] = used.map { .integer($0.minor) }
        members["heldMinor"] = held.map { .integer($0.minor) }
        members["resetsAt"] = resetsAt.map { .string($0.iso8601) }
        return .object(members)
    }
}

extension RecordRows {
    /// What a service has become by an operation, as far as its outputs say: `{"service": {…}}`.
    fileprivate func note(_ outputs: JSONValue, of operation: ServiceOperation, at now: Timestamp) throws {
        guard case .object(let members)? = outputs["service"] else { return }
        var service = try find(Service.self, operation.service, of: operation.account)
        let known = service.outputs.object ?? [:]
        service.outputs = .object(known.merging(members) { $1 })
        service.updatedAt = now
        try update(service)
    }
}
