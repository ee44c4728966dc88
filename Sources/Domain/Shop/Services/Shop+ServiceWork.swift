import Ledger
import Logging

/// What services need in time: to be renewed, suspended, and taken away.
extension Shop {
    /// How long an unpaid service is kept, suspended, before it is taken away.
    static let suspensionSeconds = 7 * 86_400

    /// The next step of a service that was taken.
    func attend(to taken: Service) async {
        do {
            switch taken.status {
            case .active where taken.renewsItself: try await renewItself(taken)
            case .active: try await move(taken, to: .suspended, because: "its period is over and unpaid")
            case .suspended, .cancelScheduled: try await move(taken, to: .deprovisioning, because: "it has ended")
            case .deprovisioning: try await takeAway(taken)
            case .provisioning, .terminated, .error: break
            }
        } catch {
            logger.warning(
                "A service could not be looked after", metadata: ["service": "\(taken.id)", "cause": "\(error)"])
        }
    }

    /// With a key for each period, so that no period is paid twice.
    private func renewItself(_ taken: Service) async throws {
        let buyer = Buyer(
            account: taken.account, role: .renewal(agent: taken.agent, key: taken.key), scopes: [],
            isTest: taken.isTest)
        let period = taken.paidUntil?.milliseconds ?? 0
        let key = IdempotencyKey(
            path: Self.purchasePath, key: "renewal/\(taken.id.uuid)/\(period)/\(taken.reductions)",
            request: Array("\(period)".utf8))
        do {
            let bought = try await renew(
                service: taken.id, periods: 1, maxTotal: nil, for: buyer, key: key, version: taken.version)
            // A repeated order is answered as at first: how it stands now has to be looked at.
            let status = try await purchase(bought.purchase.id, for: buyer).purchase.state.status
            if status.isTerminal, status != .completed {
                try await move(taken, to: .suspended, because: "its renewal was \(status.rawValue)")
            }
        } catch let refusal as Refusal where refusal.reason != .unavailable {
            try await move(taken, to: .suspended, because: "it could not be renewed: \(refusal.message)")
        }
    }

    private func move(_ taken: Service, to status: Service.Status, because reason: String) async throws {
        let now = world.now()
        try await change(taken) { service, books, _ in
            service.status = status
            service.reason = reason
            service.dueAt = status == .suspended ? now.adding(seconds: Self.suspensionSeconds) : now
            books.tell("service.\(status.rawValue)", of: service.id, by: "shop", ["reason": .string(reason)])
        }
        bell.ring()
    }

    private func takeAway(_ taken: Service) async throws {
        let provisioner = try provisioner(taken.item.provisioner)
        let outcome = await provisioner.deprovision(taken.resource, token: OperationToken(taken.id, "deprovision"))
        let (now, settings) = (world.now(), settings)
        try await change(taken) { service, books, rows in
            switch outcome {
            case .succeeded:
                service.status = .terminated
                service.dueAt = nil
                try ShopWebhooks.removeAll(of: service, books, rows)
                books.tell("service.terminated", of: service.id, by: "shop")
            case .failed(_, let message, true):
                service.status = .error
                service.reason = message
                service.dueAt = nil
                books.tell("service.error", of: service.id, by: "shop", ["reason": .string(message)])
            case .pending, .actionRequired, .failed, .unknown:
                service.dueAt = now.adding(seconds: settings.lookupSeconds)
            }
        }
    }

    private func change(
        _ taken: Service, _ work: @escaping @Sendable (inout Service, Books, any Transaction) throws -> Void
    ) async throws {
        let now = world.now()
        try await write(taken.account) { books, rows in
            var service = try rows.find(Service.self, taken.id, of: taken.account)
            guard service.version == taken.version else { return }
            service.updatedAt = now
            try work(&service, books, rows)
            try rows.update(service)
        }
    }
}
