package import Ledger

/// Money back.
extension Shop {
    /// Gives money of a purchase back, all that is left of it unless an amount is named. Back in the wallet when this
    /// returns; where all of it is, the service ends, or the periods of a renewal do.
    /// - Throws: `conflict` for more than is left, and for what cannot be taken back: what was made larger stays so.
    package func refund(
        purchase id: ID, amount: Money?, reasonCode: String, for buyer: Buyer, key: IdempotencyKey
    ) async throws -> (refund: Refund, isRepeated: Bool) {
        guard reasonCode.wholeMatch(of: /[a-z0-9_]{1,64}/) != nil else {
            throw Refusal.invalid("reasonCode", "reasonCode is up to 64 of a-z, 0-9 and _.")
        }
        if let amount, amount.micros <= 0 || !amount.isWhole {
            throw Refusal.invalid("amountMinor", "amountMinor is more than 0.")
        }
        let (world, now, newID) = (world, world.now(), world.newID())
        let claim = key.claim(by: buyer.principal, for: newID, at: now)
        let made = try await write(buyer.account) { books, rows -> (Refund, Bool) in
            if let standing = try rows.standing(claim) {
                return (try rows.find(Refund.self, standing.subject, of: buyer.account), true)
            }
            var purchase = try rows.find(Purchase.self, id, of: buyer.account)
            guard buyer.sees(purchase.isTest) else { throw Refusal(.notFound, "There is no purchase \(id).") }
            guard purchase.state.status == .completed else {
                throw Refusal(
                    .conflict, "Only a completed purchase is refunded; this one is \(purchase.state.status.rawValue).",
                    code: "not_refundable")
            }
            if let action = purchase.quote.extending?.action.name,
                [ServiceAction.resize, ServiceAction.expand].contains(action)
            {
                throw Refusal(
                    .conflict, "What was made larger stays so, and is not paid back.", code: "not_refundable")
            }
            let left = purchase.total.minus(purchase.state.refunded) ?? .zero
            let refund = Refund(
                id: newID, account: buyer.account, purchase: id, amount: amount ?? left, reasonCode: reasonCode,
                actor: buyer.actor, status: .succeeded, createdAt: now, updatedAt: now)
            try Self.give(refund, of: purchase, books, at: now, world)
            purchase.state.refunded = purchase.state.refunded.plus(refund.amount) ?? purchase.total
            purchase.state.updatedAt = now
            try rows.insert(refund)
            try rows.update(purchase)
            if purchase.state.refunded == purchase.total {
                try Self.takeBack(purchase, books, rows, by: buyer.actor, at: now)
            }
            return (refund, false)
        }
        bell.ring()
        return (made.0, made.1)
    }

    package func refund(_ id: ID, for buyer: Buyer) async throws -> Refund {
        try await store.read { try $0.find(Refund.self, id, of: buyer.account) }
    }

    /// Back from whom the purchase has paid: what the service has used up of its balance is not given back.
    private static func give(
        _ refund: Refund, of purchase: Purchase, _ books: Books, at now: Timestamp, _ world: World
    ) throws {
        guard refund.amount > .zero else { throw Self.exceeds(purchase, isUsed: false) }
        var left = refund.amount.micros
        let wallet = AccountName.wallet(purchase.account.uuid, isTest: purchase.isTest)
        func transfer(_ debit: AccountName, _ credit: AccountName, _ amount: Int64) -> Transfer {
            Transfer(
                id: TransferID(world.newID()), debit: debit, credit: credit, amount: amount, code: "refund",
                subject: refund.id.uuid, actor: refund.actor, at: now.milliseconds)
        }
        var group = [transfer(.refundable(purchase.id.uuid), .captures, left)]
        // What was sold first, then what the service still has.
        for payee in purchase.quote.payees(of: purchase.service) where left > 0 {
            let given = purchase.state.refunded.micros
            let room = payee.credit.isLimited ? left : min(left, max(payee.amount - given, 0))
            if room > 0 { group.append(transfer(payee.credit, wallet, room)) }
            left -= room
        }
        try books.post(group) { refused, outcome in
            guard outcome == .exceedsCredits else { return LedgerFault(refused, outcome) }
            return Self.exceeds(purchase, isUsed: refused.debit.unit != .refundable)
        }
        books.tell(
            "refund.succeeded", of: refund.id, by: refund.actor,
            ["purchaseId": .string(purchase.id.uuid), "amountMinor": .integer(refund.amount.minor)])
    }

    private static func exceeds(_ purchase: Purchase, isUsed: Bool) -> Refusal {
        Refusal(
            .conflict,
            isUsed
                ? "The service has used up some of what was bought."
                : "More than is left of the purchase: \(purchase.total.dollars) USD, of which "
                    + "\(purchase.state.refunded.dollars) were given back.",
            field: "amountMinor", code: "refund_exceeds_purchase")
    }

    /// What a purchase brought that was paid back whole. A balance is gone already.
    private static func takeBack(
        _ purchase: Purchase, _ books: Books, _ rows: any Transaction, by actor: String, at now: Timestamp
    ) throws {
        guard var service = try rows.find(Service.self, purchase.service), !service.isEnding else { return }
        guard let extending = purchase.quote.extending else {
            return try end(service, books, rows, by: actor, at: now)
        }
        guard extending.action.name == ServiceAction.renew else { return }
        service.reduce(by: purchase, at: now)
        try rows.update(service)
        books.tell("service.reduced", of: service.id, by: actor, ["purchaseId": .string(purchase.id.uuid)])
    }

    /// A service that is to be taken away.
    static func end(
        _ service: Service, _ books: Books, _ rows: any Transaction, by actor: String, at now: Timestamp
    ) throws {
        var service = service
        service.status = .deprovisioning
        service.updatedAt = now
        service.dueAt = now
        service.renewsItself = false
        try rows.update(service)
        books.tell("service.deprovisioning", of: service.id, by: actor)
    }
}
