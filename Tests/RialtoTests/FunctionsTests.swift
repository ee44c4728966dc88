import Testing

/// The ruler that the tidy tests measure functions with.
@Suite struct FunctionsTests {
    @Test func aFunctionIsMeasuredFromItsNameToItsBrace() {
        let text = """
            struct Scale {
                func weigh(
                    _ pounds: Int
                ) -> Int {
                    if pounds > 1 {
                        return 1
                    }
                    return 0
                }

                func one() -> Int { 1 }
                init(a: Int) {
                    self.a = a
                }
            }
            """
        let found = Functions.lengths(in: text.split(separator: "\n", omittingEmptySubsequences: false))
        #expect(found.map(\.lines) == [8, 3])
    }
}
