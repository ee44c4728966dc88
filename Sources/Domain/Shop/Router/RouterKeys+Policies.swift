extension RouterKeys {
    /// What the policies that a buyer is under say of keys of the router.
    package static let policyRules: Rules = { buyer, rows in
        try rows.layers(for: buyer).compactMap(\.policy.router)
    }
}
