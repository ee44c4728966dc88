import Domain
import Ledger

/// What a configuration of an item costs, and more of it later.
extension Offer {
    private static let leastTopUp = Money(micros: Money.microsPerDollar)
    private static let mostTopUp = Money(micros: 1000 * Money.microsPerDollar)

    /// Years for domains, months for everything else.
    private var periodMonths: Int { item.price.periodMonths ?? 1 }

    func price(_ configuration: JSONValue, quantity: Int) throws(Refusal) -> PriceBreakdown {
        guard quantity == 1 else {
            throw Refusal(
                .mismatch, "\(item.name) is configured and bought one at a time: quantity must be 1.",
                field: "quantity", code: "configuration_invalid")
        }
        let unit = try aPeriod(configuration)
        switch kind {
        case .domain: return try price(unit, periods: configuration["periodYears"]?.integer ?? 1)
        case .server: return try price(unit, periods: configuration["billingTermMonths"]?.integer ?? 1)
        case .bucket, .volume: return try price(unit, periods: 1)
        case .phone:
            let balance = try Self.dollars(configuration["initialBalanceUsd"] ?? 0, "$.initialBalanceUsd", .zero)
            var price = try price(unit, periods: 1)
            guard balance > .zero else { return price }
            price.lines.append(.init("Balance for messages", balance))
            price.total = try price.total.plus(balance).orTooMuch()
            price.balance = balance
            return price
        }
    }

    func price(
        of action: ManagementAction, _ configuration: JSONValue, target: CatalogItem?
    ) throws(Refusal) -> PriceBreakdown {
        switch (action.name, kind) {
        case (ServiceAction.renew, _): return try renewal(action.input, configuration)
        case (ServiceAction.topUpPhone, .phone):
            let amount = try Self.dollars(action.input["amountUsd"] ?? .null, "amountUsd", Self.leastTopUp)
            return PriceBreakdown(lines: [.init("Balance for messages", amount)], total: amount, balance: amount)
        case (ServiceAction.expand, .bucket), (ServiceAction.expand, .volume):
            return try expansion(action.input, configuration)
        case (ServiceAction.resize, .server): return try resizing(action.input, target)
        default: throw .unsupported(action, by: item.name)
        }
    }

    /// What one period costs, as it is configured.
    private func aPeriod(_ configuration: JSONValue) throws(Refusal) -> Money {
        switch kind {
        case .domain, .server, .phone: item.price.unit
        case .bucket, .volume: try item.price.unit.times(configuration["capacityGb"]?.integer ?? 1).orTooMuch()
        }
    }

    private func price(_ unit: Money, periods: Int64) throws(Refusal) -> PriceBreakdown {
        let total = try unit.times(periods).orTooMuch()
        return PriceBreakdown(
            lines: [.init("\(item.name), \(duration(periods))", total)], total: total, recurring: unit,
            periodMonths: periodMonths, periods: Int(clamping: periods))
    }

    /// `1 year`, `3 months`
    private func duration(_ periods: Int64) -> String {
        let isYears = periodMonths % 12 == 0
        let count = periods * Int64(isYears ? periodMonths / 12 : periodMonths)
        return "\(count) \(isYears ? "year" : "month")\(count == 1 ? "" : "s")"
    }

    private func renewal(_ input: JSONValue, _ configuration: JSONValue) throws(Refusal) -> PriceBreakdown {
        let most = if case .domain = kind { Self.mostYears } else { Self.mostMonths }
        guard let periods = (input["periods"] ?? 1).integer, (1...most).contains(periods) else {
            throw .input("periods", "periods must be a whole number from 1 to \(most).")
        }
        return try price(aPeriod(configuration), periods: periods)
    }

    /// The difference for one month; what is larger costs that each month from then on.
    private func expansion(_ input: JSONValue, _ configuration: JSONValue) throws(Refusal) -> PriceBreakdown {
        let now = configuration["capacityGb"]?.integer ?? 0
        guard let wanted = input["capacityGb"]?.integer, wanted > now, wanted <= Self.mostGigabytes else {
            throw .input(
                "capacityGb", "capacityGb must be from \(now + 1) to \(Self.mostGigabytes): storage only grows.")
        }
        let difference = try item.price.unit.times(wanted - now).orTooMuch()
        let recurring = try item.price.unit.times(wanted).orTooMuch()
        return PriceBreakdown(
            lines: [.init("\(item.name), \(wanted - now) GB more", difference)], total: difference,
            recurring: recurring, periodMonths: periodMonths)
    }

    private func resizing(_ input: JSONValue, _ target: CatalogItem?) throws(Refusal) -> PriceBreakdown {
        guard let target, target.serviceType == item.serviceType, target.id == input["catalogItemId"]?.string else {
            throw .input("catalogItemId", "catalogItemId must name a server of the catalog.")
        }
        guard target.id != item.id else {
            throw .input("catalogItemId", "The server is a \(item.name) already.")
        }
        return PriceBreakdown(
            lines: [.init("\(target.name), 1 month", target.price.unit)], total: target.price.unit,
            recurring: target.price.unit, periodMonths: target.price.periodMonths)
    }

    private static func dollars(_ value: JSONValue, _ field: String, _ least: Money) throws(Refusal) -> Money {
        do {
            return try value.dollars(field, least: least, most: mostTopUp)
        } catch {
            var refusal = error
            refusal.code = field.hasPrefix("$") ? "configuration_invalid" : "invalid_input"
            throw refusal
        }
    }
}

extension Money? {
    fileprivate func orTooMuch() throws(Refusal) -> Money {
        guard let self else { throw .input("quantity", "That is more than can be counted.") }
        return self
    }
}
