package import Ledger

/// What was bought, while it lasts.
extension Shop {
    /// Newest first.
    package func services(
        for buyer: Buyer, type: String?, status: Service.Status?, limit: Int, after: ID?
    ) async throws -> (services: [Service], next: ID?) {
        var page = RecordPage(account: buyer.account)
        page.labels = type.map { [$0] }
        page.shelves = status.map { [$0.rawValue] }
        let found = try await list(Service.self, page, limit: limit, after: after) { buyer.sees($0.isTest) }
        return (found.records, found.next)
    }

    package func service(_ id: ID, for buyer: Buyer) async throws -> Service {
        try await store.read { try $0.service(id, for: buyer) }
    }

    /// One more period of it, or several: a purchase like any other, under the same policies and budgets.
    /// - Parameter version: the only one of the service that is renewed, where it matters.
    package func renew(
        service id: ID, periods: Int, maxTotal: Money?, for buyer: Buyer, key: IdempotencyKey, version: Int64? = nil
    ) async throws -> Purchased {
        guard (1...120).contains(periods) else {
            throw Refusal.invalid("periods", "periods is a number from 1 to 120.")
        }
        let action = ManagementAction(
            ServiceAction.renew, ["serviceId": .string(id.uuid), "periods": .integer(Int64(periods))])
        return try await extend(
            service: id, action, maxTotal: maxTotal, for: buyer, key: key, version: version)
    }

    /// More of a service, for money: a purchase.
    package func extend(
        service id: ID, _ action: ManagementAction, maxTotal: Money?, for buyer: Buyer, key: IdempotencyKey,
        version: Int64? = nil
    ) async throws -> Purchased {
        var order = PurchaseOrder(.order(QuoteOrder(itemID: "", quantity: 1, configuration: .null)), key: key)
        order.maxTotal = maxTotal
        order.version = version
        order.allowsDuplicate = true
        let service = try await service(id, for: buyer)
        // An owner pays for play with play money.
        let buyer = buyer.seeing(service.isTest)
        do {
            let quote = try await extensionQuote(of: service, action, for: buyer)
            return try await buy(order, for: buyer, fresh: quote, fault: nil)
        } catch let refusal as Refusal where refusal.reason != .unavailable {
            // It may have been bought already, and the service have changed by it.
            return try await buy(order, for: buyer, fresh: nil, fault: refusal)
        }
    }

    private func extensionQuote(
        of service: Service, _ action: ManagementAction, for buyer: Buyer
    ) async throws -> Quote {
        let provisioner = try provisioner(service.item.provisioner)
        var (item, configuration) = (service.item, service.configuration)
        var target: CatalogItem?
        if action.name == ServiceAction.resize {
            guard let other = action.input["catalogItemId"]?.string else {
                throw Refusal.invalid("catalogItemId", "catalogItemId names the item that the server is to become.")
            }
            target = try await self.item(other)
        }
        let price = try provisioner.price(
            of: action, on: item, configuration, quantity: service.quantity, target: target)
        if let target { item = target }
        if action.name == ServiceAction.expand, case .object(var members) = configuration {
            members["capacityGb"] = action.input["capacityGb"]
            configuration = .object(members)
        }
        return makeQuote(
            of: item, configuration, quantity: service.quantity, price, provisioner.reality,
            extending: Quote.Extension(service: service.id, action: action), for: buyer)
    }

    package func setAutoRenew(service id: ID, to renews: Bool, for buyer: Buyer) async throws -> Service {
        let now = world.now()
        return try await write(buyer.account) { books, rows in
            var service = try rows.service(id, for: buyer)
            guard service.periodMonths != nil, service.recurring != nil else {
                throw Refusal(
                    .conflict, "This service is not paid by the period.", field: "serviceId",
                    code: "capability_unsupported")
            }
            guard [.active, .suspended].contains(service.status) else { throw Self.notNow(service) }
            service.renewsItself = renews
            service.updatedAt = now
            books.tell("service.auto_renew_set", of: id, by: buyer.actor, ["enabled": .bool(renews)])
            return try rows.update(service)
        }
    }

    /// A service that was ended, or the operation that waits for a person to agree to it.
    package struct Canceled: Sendable {
        package var service: Service
        package var operation: ServiceOperation?
        package var isRepeated: Bool
    }

    /// Ends a service now, or when what is paid for is over.
    package func cancel(
        service id: ID, atPeriodEnd: Bool, for buyer: Buyer, key: IdempotencyKey
    ) async throws -> Canceled {
        let (shop, now, operationID) = (self, world.now(), world.newID())
        let claim = key.claim(by: buyer.principal, for: operationID, at: now)
        let input: JSONValue = ["when": .string(atPeriodEnd ? ServiceAction.atPeriodEnd : "now")]
        let canceled = try await write(buyer.account) { books, rows -> Canceled in
            let service = try rows.service(id, for: buyer)
            if let standing = try rows.standing(claim) {
                let operation = try rows.find(ServiceOperation.self, standing.subject)
                return Canceled(service: service, operation: operation, isRepeated: true)
            }
            try service.checkCancelable(atPeriodEnd: atPeriodEnd, at: now)
            var operation = ServiceOperation(
                ManagementAction(ServiceAction.cancel, input), on: service, id: operationID, by: buyer, at: now)
            if try shop.asksFirst(&operation, service, isDestructive: true, for: buyer, books, rows) {
                return Canceled(service: service, operation: operation, isRepeated: false)
            }
            try Self.cancel(service, atPeriodEnd: atPeriodEnd, books, rows, by: buyer.actor, at: now)
            return Canceled(service: try rows.service(id, for: buyer), operation: nil, isRepeated: false)
        }
        bell.ring()
        return canceled
    }

    static func cancel(
        _ service: Service, atPeriodEnd: Bool, _ books: Books, _ rows: any Transaction, by actor: String,
        at now: Timestamp
    ) throws {
        try service.checkCancelable(atPeriodEnd: atPeriodEnd, at: now)
        guard atPeriodEnd, let end = service.paidUntil, end > now else {
            return try Self.end(service, books, rows, by: actor, at: now)
        }
        var service = service
        service.status = .cancelScheduled
        service.renewsItself = false
        service.updatedAt = now
        service.dueAt = end
        books.tell("service.cancel_scheduled", of: service.id, by: actor)
        try rows.update(service)
    }

    static func notNow(_ service: Service) -> Refusal {
        Refusal(
            .conflict, "The service is \(service.status.rawValue).", field: "serviceId", code: "service_not_active")
    }
}

extension RecordRows {
    func service(_ id: ID, for buyer: Buyer) throws -> Service {
        let service = try find(Service.self, id, of: buyer.account)
        guard buyer.sees(service.isTest) else { throw Refusal(.notFound, "There is no service \(id).") }
        return service
    }
}
