package import Ledger

/// What owners allow: set, shown, tried.
extension Shop {
    /// What the policies would say of buying something now; nothing is held.
    package struct PolicyCheck: Sendable {
        package var decision: Decision
        package var wouldSucceed: Bool
        /// What else keeps it from being bought, if anything does.
        package var problem: Refusal?
        package var total: Money
    }

    package func check(_ wish: Wish, for buyer: Buyer) async throws -> PolicyCheck {
        let quote: Quote
        switch wish {
        case .quote(let id): quote = try await self.quote(id, for: buyer)
        case .order(let order): quote = try await priced(order, for: buyer)
        }
        // An owner may look at both, each with its own past and its own wallet.
        let seer = buyer.seeing(quote.isTest)
        let (now, fault) = (world.now(), await fault(of: quote, in: seer) as? Refusal)
        return try await store.read { rows in
            let decision = try Self.preview(quote, for: seer, at: now, in: rows)
            let wallet = try rows.wallet(for: seer, at: now)
            var problem = fault
            if quote.purchase != nil || quote.expiresAt <= now {
                problem = Refusal(
                    .conflict, "The quote cannot be bought any more.",
                    code: quote.purchase != nil ? "quote_already_purchased" : "quote_expired")
            } else if wallet.isFrozen {
                problem = Refusal.frozenWallet
            } else if wallet.available < quote.price.total {
                problem = Refusal.insufficientFunds(wanted: quote.price.total, available: wallet.available)
            }
            return PolicyCheck(
                decision: decision, wouldSucceed: problem == nil && decision.outcome != .deny, problem: problem,
                total: quote.price.total)
        }
    }

    /// - Parameter scopes: one of which is needed.
    /// - Throws: `forbidden` where a policy keeps all of them from a buyer.
    package func checkScopes(_ scopes: [String], of buyer: Buyer) async throws {
        let withheld = try await store.read { try $0.layers(for: buyer).withholding(scopes) }
        guard let first = withheld.first else { return }
        throw Refusal(.forbidden, first.message, code: "policy_denied", details: withheld.json)
    }

    package func effectivePolicy(for buyer: Buyer) async throws -> EffectivePolicy {
        let now = world.now()
        return try await store.read { rows in
            let ground = ShopGround(rows, account: buyer.account, isTest: buyer.isTest)
            return try EffectivePolicy(
                rows.layers(for: buyer), account: buyer.account, isTest: buyer.isTest, at: now, on: ground)
        }
    }

    /// Those in force, of an account.
    package func policies(of account: ID) async throws -> [PolicyVersion] {
        try await store.read { rows in
            var page = RecordPage(account: account)
            page.shelves = ["current"]
            var versions: [PolicyVersion] = []
            try rows.each(PolicyVersion.self, page) { versions.append($0) }
            return versions
        }
    }

    /// Sets a policy: a new version, at once in force.
    package func setPolicy(
        _ document: JSONValue, of subject: PolicyVersion.Subject, by buyer: Buyer
    ) async throws -> (version: PolicyVersion, warnings: [String]) {
        guard buyer.isOwner else { throw Refusal(.forbidden, "Only an owner sets policies.") }
        let policy = try Policy(parsing: document)
        if case .key(let id) = subject, directory.snapshot.agentKeys[id]?.account != buyer.account {
            try await directory.refresh()
            guard directory.snapshot.agentKeys[id]?.account == buyer.account else {
                throw Refusal(.notFound, "There is no agent key \(id).", field: "subject")
            }
        }
        let (now, id) = (world.now(), world.newID())
        let version = try await write(buyer.account) { books, rows in
            var page = RecordPage(account: buyer.account)
            page.shelves = ["current"]
            page.labels = [subject.text]
            var number: Int64 = 1
            for var old in try rows.list(PolicyVersion.self, page) {
                number = max(number, old.number + 1)
                old.isCurrent = false
                try rows.update(old)
            }
            let version = PolicyVersion(
                id: id, account: buyer.account, subject: subject.text, number: number, document: document,
                actor: buyer.actor, createdAt: now)
            try rows.insert(version)
            books.tell(
                "policy.changed", of: id, by: buyer.actor,
                ["subject": .string(subject.text), "number": .integer(number), "document": document])
            return version
        }
        return (version, policy.warnings())
    }

    /// What a policy would have said of the purchases that there were.
    package struct PolicySimulation: Sendable {
        /// A purchase that would have gone another way.
        package struct Change: Sendable {
            package var purchase: ID
            package var was: PolicyTrace.Outcome
            package var would: PolicyTrace.Outcome
            package var trace: [PolicyTrace]
        }

        package var purchases: Int
        package var changes: [Change]
    }

    /// Each of an account's newest purchases, at most a thousand, judged again under one layer's new policy, as if
    /// each budget were as it is in the simulation: what it would have used itself.
    package func simulate(
        _ document: JSONValue, of subject: PolicyVersion.Subject, account: ID
    ) async throws -> PolicySimulation {
        let policy = try Policy(parsing: document)
        let newID = world.newID()
        return try await store.read { rows in
            var page = RecordPage(account: account)
            page.limit = 1000
            let purchases = try rows.list(Purchase.self, page).reversed()
            var simulation = PolicySimulation(purchases: 0, changes: [])
            let ground = SimulatedGround()
            for purchase in purchases {
                let others = try rows.layers(of: account, agent: purchase.agent, key: purchase.key)
                    .filter { $0.subject != subject }
                let isMeant = subject.covers(agent: purchase.agent, key: purchase.key)
                let layer = PolicyLayer(subject: subject, id: newID, number: 0, policy: policy)
                var wish = PolicyWish(purchase.quote, from: nil, at: purchase.createdAt)
                wish.isWithoutAddress = true
                let decision = try PolicyJudge.judge(wish, under: isMeant ? others + [layer] : others, on: ground)
                simulation.purchases += 1
                if decision.outcome != .deny { ground.add(purchase, decision.draws) }
                let was = purchase.trace.map(\.outcome).max() ?? .allow
                if decision.outcome != was {
                    simulation.changes.append(
                        .init(purchase: purchase.id, was: was, would: decision.outcome, trace: decision.trace))
                }
            }
            return simulation
        }
    }
}
