package import Domain

/// What goes wrong with one effect.
package enum Fault: Sendable, Equatable {
    /// It takes so many lookups.
    case slow(lookups: Int)
    case failure
    /// It comes about and the answer is lost; for so many lookups nothing can be said.
    case lostAnswer(lookups: Int)
    /// The first call never arrives.
    case noEffect
    /// A person has to do something; it is done after so many lookups.
    case personNeeded(lookups: Int)
    /// The call arrives twice.
    case askedTwice

    var veil: TokenRecord.Veil? {
        switch self {
        case .slow(let lookups): .init(kind: .slow, lookups: lookups)
        case .personNeeded(let lookups): .init(kind: .person, lookups: lookups)
        case .lostAnswer(let lookups): .init(kind: .silent, lookups: lookups)
        case .failure, .noEffect, .askedTwice: nil
        }
    }
}

/// What goes wrong, by the token of each effect: always the same for the same seed.
package struct FaultPlan: Sendable {
    private let choose: @Sendable (OperationToken) -> Fault?

    /// About so many of a hundred effects go wrong, in every way there is.
    package init(seed: UInt64, percent: UInt64 = 50) {
        choose = { token in
            let number = Chance.number(of: token.text, seed: seed)
            guard number % 100 < percent else { return nil }
            let more = number / 100
            let lookups = Int(more / 6 % 3) + 1
            return switch more % 6 {
            case 0: .slow(lookups: lookups)
            case 1: .failure
            case 2: .lostAnswer(lookups: lookups)
            case 3: .noEffect
            case 4: .personNeeded(lookups: lookups)
            default: .askedTwice
            }
        }
    }

    /// The same for every effect.
    package init(always fault: Fault) {
        choose = { _ in fault }
    }

    /// - Parameter choose: pure.
    package init(_ choose: @escaping @Sendable (OperationToken) -> Fault?) {
        self.choose = choose
    }

    func fault(of token: OperationToken) -> Fault? { choose(token) }
}
