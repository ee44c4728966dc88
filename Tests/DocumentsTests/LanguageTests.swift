import Domain
import Testing

/// One file in each language, each with something that looks like a definition and is none.
@Suite struct LanguageTests {
    @Test(
        "Other languages are cut by their definitions too",
        arguments: [
            (
                "a.java",
                """
                package a.b;
                import java.util.List; import java.util.Map; import java.util.Set; import java.io.File;

                /** A bridge. It stands over the water of the great canal. */
                @Entity(name = "x")
                public class Bridge<T> extends Way implements Crossing {
                    private final char brace = '{'; // and '}'

                    @Override
                    public List<T> walk(int from, int to) throws IOException {
                        for (int i = from; i < to; i++) { step(i); }
                    }
                    Bridge(String name) { this.name = name; this.length = name.length(); this.open = true; }
                }
                """, ["", "Bridge", "Bridge › walk", "Bridge › Bridge"]
            ),
            (
                "a.go",
                """
                package main

                import ("fmt"; "os"; "strings"; "errors"; "net/http"; "encoding/json"; "time")

                // Bridge is one, over the water of the great canal, for everybody.
                type Bridge struct {
                \tName string `json:"{"`
                \tLength int
                }

                // Walk goes over it, from one side to the other, and never back.
                func (b *Bridge) Walk(from int, to int) (int, error) {
                \treturn to - from, nil
                }

                func main() { fmt.Println("A long line of words so that it stands alone, {") }
                """, ["", "Bridge", "Walk", "main"]
            ),
            (
                "a.rs",
                """
                use std::fmt; use std::collections::HashMap; use std::sync::Arc; use std::time::Duration;

                /// A bridge, over the water of the great canal, for everybody.
                #[derive(Debug, Clone)]
                pub struct Bridge<'a> { name: &'a str, length: u32, open: bool }

                impl<'a> fmt::Display for Bridge<'a> {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{{{}", self.name) }
                    pub(crate) async fn walk(&self) -> char { let brace = '{'; let more = "words"; brace }
                }
                """, ["", "Bridge", "fmt::Display for Bridge<'a> › fmt", "fmt::Display for Bridge<'a> › walk"]
            ),
            (
                "a.cpp",
                """
                #include <vector>
                #include "a_header_with_a_long_name.h"
                #include "another_header_with_a_long_name.h"

                namespace city {

                // A bridge, over the water of the great canal, for everybody.
                template <typename T>
                class Bridge {
                  int length; // of it, in metres, as it was measured in the year 1591 by somebody
                };

                int Bridge<int>::walk(int from, int to) const
                {
                    return to - from; /* } and more words so that this one is long enough */
                }
                }

                static int main(int argc, char **argv) { return argc > 1 ? 1'000'000 : 2; }
                """, ["", "city › Bridge", "city › Bridge::walk", "main"]
            ),
            (
                "a.rb",
                """
                require "set"
                require "a/long/name/of/a/file/that/is/needed/here/and/there"

                # A bridge, over the water of the great canal, for everybody.
                class Bridge < Way
                  attr_reader :name, :length, :open, :closed, :arches, :stones, :shops, :boats

                  # Goes over it.
                  def self.walk(from, to)
                    if from < to then "yes, so it is" else "no, never again" end
                  end

                  def name=(words)
                    @name = words.strip.downcase.capitalize.to_s + "more words"
                  end
                end
                """, ["", "Bridge", "Bridge › self.walk", "Bridge › name"]
            ),
            (
                "a.kt",
                """
                package a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h

                data class Bridge(val name: String, val length: Int, val open: Boolean, val more: Long)

                fun interface Walker { fun walk(from: Int, to: Int, slowly: Boolean, words: String): Int }

                suspend fun <T> List<T>.cross(bridge: Bridge): List<T> = map { bridge.carry(it) }.filter { it.ok }
                """, ["", "Bridge", "Walker", "cross"]
            ),
            (
                "a.cs",
                """
                using System; using System.Linq; using System.Collections.Generic; using System.Threading.Tasks;

                namespace City.Bridges
                {
                    /// <summary>A bridge, over the water of the great canal.</summary>
                    [Serializable]
                    public sealed record Bridge(string Name, int Length, bool Open);

                    public class Walker
                    {
                        public async Task<int> WalkAsync(Bridge bridge, int from) { await bridge.Open(); return from; }
                        protected override void Stop() { Console.WriteLine("Now it is enough {"); base.Stop(); }
                    }
                }
                """,
                ["", "City.Bridges › Bridge", "City.Bridges › Walker › WalkAsync", "City.Bridges › Walker › Stop"]
            ),
            (
                "a.php",
                """
                <?php
                use A\\Very\\Long\\Name; use Another\\Very\\Long\\Name\\Of\\A\\Class\\That\\Is\\Needed\\Here;

                /** A bridge, over the water of the great canal. */
                #[Attribute]
                final class Bridge extends Way {
                    public function walk(int $from, int $to): int { return "{$to}" - $from + 10000 + 20000; }
                    private static function &name() { return 'It is called { and not otherwise, you know'; }
                }
                """, ["", "Bridge", "Bridge › walk", "Bridge › name"]
            ),
            (
                "a.sh",
                """
                #!/bin/bash
                set -euo pipefail; export A=1 B=2 C=3 D=4 E=5 F=6 G=7 H=8 I=9 J=10 K=11 L=12

                # Walks over the bridge, from one side of the canal to the other.
                walk() {
                  case "$1" in a) echo "${1#a} {" ;; *) cat <<EOF
                function none() {
                EOF
                  ;; esac
                }

                function stop { echo "Now it is enough, { and nobody walks any more over the bridge"; }
                """, ["", "walk", "stop"]
            ),
            (
                "a.sql",
                """
                -- The bridges of the city, with their lengths and their names.
                CREATE TABLE IF NOT EXISTS city.bridges (
                  id bigint PRIMARY KEY, -- not ;
                  name text NOT NULL DEFAULT 'a; b', length integer
                );

                create or replace function walk(a int, b int) returns int as $$
                begin
                  return b - a; select 'many words so that it is long enough';
                end $$ language plpgsql;

                INSERT INTO city.bridges VALUES (1, 'Rialto', 48), (2, 'Scalzi', 40), (3, 'Accademia', 48);
                """, ["city.bridges", "walk", ""]
            ),
            (
                "a.scala",
                """
                package a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.a.b.c.d.e.f.g.h

                sealed trait Bridge { def walk(from: Int, to: Int): Int; def name: String; def length: Int }

                case class Rialto(name: String, length: Int, arches: Int, shops: Int) extends Bridge {
                  override def walk(from: Int, to: Int): Int = { if (from < to) to - from else from - to }
                  def open[T](door: T): T = { println("It is open, and everybody may come in {"); door }
                }
                """, ["", "Bridge", "Rialto", "Rialto › walk", "Rialto › open"]
            ),
        ] as [(String, String, [String])])
    func languages(name: String, text: String, expected: [String]) async throws {
        let found = try await Desk.headings(text, name)
        #expect(found == expected)
    }
}
