import Domain
import Ledger

/// Commands as calls of the shop, and what came of them in a word.
extension ShopWorld {
    /// What must come of it; an owner who resolves a purchase says what is so.
    func forecast(_ command: ShopCommand) -> Forecast? {
        guard case .resolve(let person, let id) = command else { return auditor.forecast(command) }
        return auditor.forecastResolution(of: id, isFound: isThere(id), by: person)
    }

    private func isThere(_ sale: ID) -> Bool {
        guard let sale = auditor.sales[sale] else { return false }
        return depot(of: sale.offer.order).has(token(sale))?.isDone ?? false
    }

    mutating func label(of command: ShopCommand, on shop: Shop) async -> String {
        do {
            return try await answer(to: command, by: shop)
        } catch let refusal as Refusal {
            return refusal.code ?? refusal.reason.rawValue
        } catch {
            return "\(error)"
        }
    }

    private mutating func answer(to command: ShopCommand, by shop: Shop) async throws -> String {
        switch command {
        case .quote(let person, let order):
            let quoted = try await shop.quote(Self.order(order), for: buyer(person), key: nil)
            auditor.learn(quote: quoted.quote.id, order, by: person)
            return "quoted \(quoted.preview.outcome.rawValue)"
        case .check(let person, let quote):
            let check = try await shop.check(.quote(quote), for: buyer(person))
            return "checked \(check.decision.outcome.rawValue) \(check.problem?.code ?? "none")"
        case .buy(let person, let quote, let terms):
            return try await buy(.quote(quote), person, terms, request: "quote \(quote)", by: shop)
        case .order(let person, let order, let terms):
            return try await buy(.order(Self.order(order)), person, terms, request: "\(order)", by: shop)
        case .extend, .cancel, .decide, .refund, .resolve, .receipt: return try await deal(command, by: shop)
        case .end, .renewing, .job: return try await manage(command, by: shop)
        case .fund, .adjust, .askForMoney, .freeze, .rules, .ware, .wallet: return try await own(command, by: shop)
        case .work:
            try await shop.workOnce()
            return "worked"
        case .forget:
            try await Housekeeping(store: store, world: world, limits: Limits(), logger: logger).clean()
            auditor.forget()
            return "forgotten"
        case .clock, .restart: return ""
        }
    }

    private func buy(
        _ wish: Shop.Wish, _ person: Person, _ terms: ShopAuditor.Terms, request: String, by shop: Shop
    ) async throws -> String {
        var order = Shop.PurchaseOrder(wish, key: Self.key("purchases", terms.key, request))
        order.maxTotal = terms.most.map { Money(micros: Int64($0) * 10_000) }
        order.allowsDuplicate = terms.allowsDuplicate
        return Self.word(try await shop.purchase(order, for: buyer(person)))
    }

    private static func word(_ purchased: Shop.Purchased) -> String {
        (purchased.isRepeated ? "repeated " : "") + purchased.purchase.state.status.rawValue
    }

    private func deal(_ command: ShopCommand, by shop: Shop) async throws -> String {
        switch command {
        case .extend(let person, let service, let name, let amount, let terms):
            let input = name == ServiceAction.renew ? "periods" : "amountUsd"
            let action = ManagementAction(name, .object([input: .integer(Int64(amount))]))
            let key = Self.key("purchases", terms.key, "\(service) \(name) \(amount)")
            let most = terms.most.map { Money(micros: Int64($0) * 10_000) }
            return Self.word(
                try await shop.extend(service: service, action, maxTotal: most, for: buyer(person), key: key))
        case .cancel(let person, let id, let key):
            let canceled = try await shop.cancel(
                purchase: id, for: buyer(person), key: key.map { Self.key("cancel", $0, "\(id)") }, reason: nil)
            return (canceled.isRepeated ? "repeated " : "") + canceled.purchase.state.status.rawValue
        case .decide(let person, let id, let isApproval):
            let decided = try await shop.decide(approval: id, isApproval: isApproval, note: nil, by: buyer(person))
            return decided.purchase?.state.status.rawValue ?? decided.operation?.status.rawValue ?? ""
        case .refund(let person, let id, let cents, let key):
            let refunded = try await shop.refund(
                purchase: id, amount: cents.map { Money(micros: Int64($0) * 10_000) }, reasonCode: "changed_mind",
                for: buyer(person), key: Self.key("refunds", key, "\(id) \(cents ?? -1)"))
            return refunded.isRepeated ? "repeated" : "refunded"
        case .resolve(let person, let id):
            let found = isThere(id) ? auditor.sales[id].map(resource) : nil
            let resolved = try await shop.resolve(purchase: id, found: found, why: "seen", by: buyer(person))
            return resolved.state.status.rawValue
        case .receipt(let person, let id):
            _ = try await shop.receipt(of: id, for: buyer(person))
            return "receipt"
        default: return ""
        }
    }

    /// A thing's name at its depot is its service's.
    private func resource(_ sale: ShopAuditor.Sale) -> ResourceRef {
        let depot = depot(of: sale.offer.order)
        return ResourceRef(provisioner: depot.kind, id: depot.resource(of: token(sale)) ?? "")
    }

    private func manage(_ command: ShopCommand, by shop: Shop) async throws -> String {
        switch command {
        case .end(let person, let id, let atPeriodEnd, let key):
            let ended = try await shop.cancel(
                service: id, atPeriodEnd: atPeriodEnd, for: buyer(person),
                key: Self.key("services", key, "\(id) \(atPeriodEnd)"))
            return ended.isRepeated
                ? "repeated" : ended.operation?.status.rawValue ?? ended.service.status.rawValue
        case .renewing(let person, let id, let renews):
            _ = try await shop.setAutoRenew(service: id, to: renews, for: buyer(person))
            return "set"
        case .job(let person, let id, let name, let isDestructive, let key):
            let performed = try await shop.perform(
                ManagementAction(name, ["serviceId": .string(id.uuid)]), on: id, isDestructive: isDestructive,
                for: buyer(person), key: key.map { Self.key("jobs", $0, "\(id) \(name)") })
            guard performed.isRepeated else {
                return performed.operation.status == .awaitingApproval ? "awaiting_approval" : "performed"
            }
            return performed.secrets == .null ? "repeated" : "told twice"
        default: return ""
        }
    }

    private func own(_ command: ShopCommand, by shop: Shop) async throws -> String {
        func money(_ cents: Int) -> Money { Money(micros: Int64(cents) * 10_000) }
        switch command {
        case .fund(let person, let cents, let isTest):
            _ = try await shop.fund(money(cents), why: "gift", isTest: isTest, by: buyer(person))
            return "moved"
        case .adjust(let person, let cents, let isTest):
            _ = try await shop.adjust(by: money(cents).micros, why: "mistake", isTest: isTest, by: buyer(person))
            return "moved"
        case .askForMoney(let person, let cents, let key):
            let asked = try await shop.requestFunding(
                money(cents), why: "short", for: buyer(person), key: Self.key("funding", key, "\(cents)"))
            return asked.isRepeated ? "repeated" : "asked"
        case .freeze(let person, let isFrozen):
            try await shop.setFrozen(to: isFrozen, why: nil, by: buyer(person))
            return "set"
        case .rules(let person, let ruled, let rules):
            _ = try await shop.setPolicy(rules.document, of: subject(ruled), by: buyer(person))
            return "set"
        case .ware(let person, _, let ware):
            try await shop.put(item: ware.item, by: buyer(person))
            return "set"
        case .wallet(let person):
            let wallet = try await shop.wallet(for: buyer(person))
            return [wallet.balance, wallet.held, wallet.available, wallet.spendable].map { "\($0.minor)" }
                .joined(separator: " ")
        default: return ""
        }
    }

    private func subject(_ ruled: RuledBy) -> PolicyVersion.Subject {
        switch ruled {
        case .account: .account
        case .agent(let name): .agent(name)
        case .key(let number): .key(keys[number])
        }
    }

    private static func key(_ path: String, _ key: String, _ request: String) -> IdempotencyKey {
        IdempotencyKey(
            path: path == "purchases" ? Shop.purchasePath : "shop/\(path)", key: key, request: Array(request.utf8))
    }

    private static func order(_ order: Order) -> Shop.QuoteOrder {
        var members: [String: JSONValue] = ["name": .string(order.name)]
        members["size"] = order.size.map { .integer(Int64($0)) }
        members["autoRenew"] = order.renews.map { .bool($0) }
        members["balance"] = order.balance.map { .integer(Int64($0)) }
        let id = Ware.all.indices.contains(order.ware) ? Ware.all[order.ware].id : "cat_nothing"
        return Shop.QuoteOrder(itemID: id, quantity: order.quantity, configuration: .object(members))
    }
}
