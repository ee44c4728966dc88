import Ledger

/// The edges of a purchase's states. Each is told, and each is written over the version that it was made from.
extension Purchase {
    mutating func move(
        to status: Status, because reason: String? = nil, _ books: Books, by actor: String, at now: Timestamp
    ) throws {
        guard state.status.leads(to: status) else {
            throw Refusal(
                .conflict, "The purchase is \(state.status.rawValue).",
                code: status == .canceled ? "not_cancelable" : nil)
        }
        var details: [String: JSONValue] = ["from": .string(state.status.rawValue)]
        if let reason { details["reason"] = .string(reason) }
        state.status = status
        state.reason = reason
        state.updatedAt = now
        if status.isTerminal { dueAt = nil }
        books.tell("purchase.\(status.rawValue)", of: id, by: actor, .object(details))
    }

    /// The dispatch record: from here on there may be an effect.
    mutating func begin(_ books: Books, by actor: String, at now: Timestamp) throws {
        try move(to: .provisioning, books, by: actor, at: now)
        attempts += 1
    }

    /// Paid, and the service is there, or there is more of it.
    mutating func complete(
        with outcome: ProvisionOutcome, _ books: Books, _ rows: any Transaction, by actor: String, at now: Timestamp,
        _ world: World
    ) throws {
        guard case .succeeded(let resource, let outputs, _) = outcome else { throw Refusal.hidden }
        try move(to: .completed, books, by: actor, at: now)
        state.outputs = outputs
        try books.post(holds, code: "capture", of: id, by: actor, at: now, world)
        if total > .zero {
            try books.move(
                total, from: .captures, to: .refundable(id.uuid), code: "refundable", of: id.uuid, by: actor, at: now,
                world, or: LedgerFault.init)
        }
        if let extending = quote.extending {
            var service = try rows.find(Service.self, extending.service, of: account)
            if extending.action.name == ServiceAction.renew {
                state.periodStart = max(service.paidUntil ?? now, now)
            }
            service.extend(by: self, outputs, at: now)
            try rows.update(service)
            books.tell("service.extended", of: service.id, by: actor, ["purchaseId": .string(id.uuid)])
        } else {
            try rows.insert(Service(of: self, resource, outputs, at: now))
            books.tell("service.active", of: service, by: actor, ["purchaseId": .string(id.uuid)])
        }
    }

    /// Nothing came of it: what was held is free again.
    mutating func end(
        as status: Status, because reason: String?, _ books: Books, by actor: String, at now: Timestamp, _ world: World
    ) throws {
        try move(to: status, because: reason, books, by: actor, at: now)
        if status == .expired {
            try books.expire(holds, of: id, by: actor, at: now, world)
        } else {
            try books.void(holds, of: id, by: actor, at: now, world)
        }
    }
}

extension Purchase.Status {
    /// Where it may go from here; terminal states are never left.
    func leads(to next: Self) -> Bool {
        switch self {
        case .awaitingApproval: [.authorized, .denied, .rejected, .expired, .canceled].contains(next)
        case .authorized: [.provisioning, .canceled].contains(next)
        case .provisioning: [.completed, .failed, .actionRequired, .reconciling].contains(next)
        case .actionRequired: [.provisioning, .failed].contains(next)
        case .reconciling: [.completed, .provisioning, .failed].contains(next)
        case .denied, .completed, .failed, .rejected, .expired, .canceled: false
        }
    }
}

extension Service {
    init(of purchase: Purchase, _ resource: ResourceRef, _ outputs: JSONValue, at now: Timestamp) {
        let (quote, price) = (purchase.quote, purchase.quote.price)
        self.init(
            id: purchase.service, account: purchase.account, purchase: purchase.id, item: quote.item,
            configuration: quote.configuration, quantity: quote.quantity, reality: quote.reality, resource: resource,
            outputs: outputs, agent: purchase.agent, key: purchase.key, isTest: purchase.isTest, status: .active,
            createdAt: now, updatedAt: now, recurring: price.recurring, periodMonths: price.periodMonths)
        guard let months = price.periodMonths else { return }
        paidUntil = now.adding(months: months * price.periods)
        renewsItself = quote.configuration["autoRenew"]?.bool ?? false
        dueAt = paidUntil
    }

    /// What was bought more of it.
    mutating func extend(by purchase: Purchase, _ outputs: JSONValue, at now: Timestamp) {
        guard let action = purchase.quote.extending?.action else { return }
        updatedAt = now
        if case .object(let members) = outputs, case .object(let known) = self.outputs {
            self.outputs = .object(known.merging(members) { $1 })
        }
        let price = purchase.quote.price
        if action.name == ServiceAction.renew, let months = price.periodMonths {
            paidUntil = (purchase.state.periodStart ?? now).adding(months: months * price.periods)
            if canBeExtended { dueAt = paidUntil }
            if status == .suspended { status = .active }
        } else if action.name == ServiceAction.expand || action.name == ServiceAction.resize {
            item = purchase.quote.item
            configuration = purchase.quote.configuration
            if price.recurring != nil { recurring = price.recurring }
        }
    }

    /// A renewal was paid back: its periods are over, and the shop does not buy them again by itself.
    mutating func reduce(by purchase: Purchase, at now: Timestamp) {
        let price = purchase.quote.price
        guard let months = price.periodMonths, let start = purchase.state.periodStart, let end = paidUntil else {
            return
        }
        updatedAt = now
        // As long as it was then: months differ.
        let milliseconds = start.adding(months: months * price.periods).milliseconds - start.milliseconds
        paidUntil = end.adding(milliseconds: -milliseconds)
        if canBeExtended, status != .suspended { dueAt = paidUntil }
        renewsItself = false
        reductions += 1
    }
}
