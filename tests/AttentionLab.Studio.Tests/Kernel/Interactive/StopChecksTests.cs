using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Kernel.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace AttentionLab.Studio.Tests.Kernel.Interactive;

/// <summary>A cell with checks means what it meant before.</summary>
public sealed class StopChecksTests(StopChecksTests.FirstCell first) : IClassFixture<StopChecksTests.FirstCell>
{
    /// <summary>Every kind of code that a check is written into, or must not be written into, and the value that shows whether it works.</summary>
    [Theory]
    [InlineData("int n = 0;\nwhile (n < 3) n++;\ndo n++; while (n < 6);\nfor (; n < 9; n++) ;\nforeach (int i in new[] { 1 }) if (i > 0) n += i; "
        + "else n--;\nn", 10)]
    [InlineData("int n = 0;\nagain: n++;\nif (n < 5) goto again;\nswitch (n) { case 5: n = 7; goto case 7; case 7: n++; break; }\nn", 8)]
    [InlineData("int F(int n) => n < 2 ? n : F(n - 1) + F(n - 2);\nF(10)", 55)]
    [InlineData("static int Twice(int n) { static int Once(int m) => m; return 2 * Once(n); }\nTwice(4)", 8)]
    [InlineData("int seen = 0;\nvoid Say() => seen++;\nAction say = () => Say();\nAction set = () => seen += 10;\nsay();\nset();\nseen", 11)]
    [InlineData("Func<int> fails = () => throw new InvalidOperationException();\nint Fails() => throw new InvalidOperationException();\n3", 3)]
    [InlineData("int[] all = { 1, 2 };\nref int First() => ref all[0];\nFirst() = 5;\nall[0]", 5)]
    [InlineData("record Point(int X, int Y) { public int Sum => X + Y; public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y); "
        + "public static implicit operator int(Point p) => p.Sum; }\n(int)(new Point(1, 2) + new Point(3, 4))", 10)]
    [InlineData("class Box { int _value; public Box(int value) => _value = value; public int Value { get => _value; set => _value = value; "
        + "} public int this[int i] => Value + i; public int Own { get { return this[1]; } init { _value = value; } } }\nnew Box(3) { Own = 4 }.Own", 5)]
    [InlineData("class Once { public static readonly int Value; static Once() { for (int i = 0; i < 3; i++) Value += i; } ~Once() { } }\nOnce.Value", 3)]
    [InlineData("System.Linq.Expressions.Expression<Func<int, int>> tree = x => x + 1;\ntree.ToString() == \"x => (x + 1)\" ? tree.Compile()(1) : 0", 2)]
    [InlineData("var query = new[] { 1, 2, 3 }.AsQueryable();\nvar even = from n in query where n % 2 == 0 select n * 10;\n"
        + "even.Expression.ToString().Contains(\"__Stop\") ? 0 : even.Single()", 20)]
    [InlineData("var pairs = from a in new[] { 1, 2 } from b in new[] { 3, 4 } where a + b > 5 let c = a * b select new { a, c };\npairs.Single().c", 8)]
    [InlineData("IEnumerable<int> Forever() { for (int i = 0; ; i++) yield return i; }\nForever().Skip(3).Select(n => n * 2).First(n => n > 6)", 8)]
    [InlineData("async IAsyncEnumerable<int> Two() { yield return 1; await Task.Yield(); yield return 2; }\nint sum = 0;\n"
        + "await foreach (int n in Two()) sum += n;\nsum", 3)]
    [InlineData("async IAsyncEnumerable<int> Two() { try { yield return 1; await Task.Yield(); yield return 2; } "
        + "finally { ended++; } }\nint sum = 0, ended = 0;\n"
        + "await foreach (var n in Two().WithCancellation(default).ConfigureAwait(false)) { sum += n; break; }\n"
        + "await foreach (long n in Two()) sum += (int)n;\nsum * 10 + ended", 42)]
    [InlineData("class Steps { int _n; public int Current => _n; public async Task<bool> MoveNextAsync() { await Task.Yield(); return ++_n < 3; } "
        + "public Steps GetAsyncEnumerator() => this; }\nint sum = 0;\nawait foreach (int n in new Steps()) sum += n;\nsum", 3)]
    [InlineData("async Task Nothing() => await Task.Delay(1);\nasync Task<int> Some() => await Task.FromResult(4);\n"
        + "Func<Task> later = async () => await Nothing();\nFunc<Task<int>> some = async () => await Some();\n"
        + "async ValueTask<int> Value() => await some();\nawait later();\nawait Value().ConfigureAwait(false)", 4)]
    [InlineData("dynamic moving = Task.FromResult(6);\nint moved = await moving;\nmoved", 6)]
    [InlineData("int Sum() { Span<int> some = stackalloc int[3]; for (int i = 0; i < 3; i++) some[i] = i; int all = 0; "
        + "foreach (ref int n in some) all += n; return all; }\nSum()", 3)]
    [InlineData("ref struct View(Span<int> of) { Span<int> _of = of; public int First => _of[0]; }\nint Read() { var view = new View([7]); "
        + "return view.First; }\nRead()", 7)]
    [InlineData("int n = 0;\ntry { throw new Exception(); } catch (Exception e) when (e.Message.Any(c => c > 0)) { n++; } finally { "
        + "while (n < 4) n++; }\nn", 4)]
    [InlineData("var f = (int x, int y = 2) => x * y;\nFunc<int, Func<int, int>> curried = a => b => a - b;\nf(3) + curried(5)(1)", 10)]
    [InlineData("Func<int, int> old = delegate (int x) { return x + 1; };\nstring text = $\"{new[] { 1, 2 }.Count(n => n > 1)}\";\nold(int.Parse(text))", 2)]
    [InlineData("int number = 4;\nint Of(Func<int> f) => 1;\nint Of(Action f) => 2;\nOf(() => number) * 10 + Of(() => { number++; })", 12)]
    [InlineData("var own = new System.Threading.CancellationTokenSource();\nown.Cancel();\ntry { await Task.Delay(-1, own.Token); "
        + "} catch (OperationCanceledException) { }\n1", 1)]
    [InlineData("using System.Text;\nvar sorted = new SortedDictionary<string, int>(Comparer<string>.Create((a, b) => b.Length - a.Length)) { "
        + "[\"a\"] = 1, [\"bb\"] = 2 };\nsorted.First().Value", 2)]
    [InlineData("unsafe int Raw() { int n = 3; int* at = &n; while (*at < 5) ++*at; return n; }\nlock (new object()) for (int i = 0; i < 2; i++) ;\n"
        + "Raw()", 5)]
    [InlineData("#nullable enable\n#region shown\nint Kept(string? s) => s?.Length ?? 0;\n#endregion\n#if NEVER\nwhile (true) { }\n#endif\n"
        + "Kept(\"abc\") // said", 3)]
    [InlineData("var words = new[] { \"bb\", \"a\" };\nvar sorted = from w in words orderby w.Length select w;\nsorted.ThenBy(w => w).First().Length", 1)]
    [InlineData("var groups = from w in new[] { \"a\", \"bb\", \"cc\" } let n = w.Length orderby n descending, w group w by n into g where g.Key > 0 "
        + "orderby g.Key select g;\ngroups.ThenBy(g => g.Count()).Last().Count()", 2)]
    [InlineData("string Said(bool it, [System.Runtime.CompilerServices.CallerArgumentExpression(\"it\")] string text = \"\") => text;\n"
        + "Said(new[] { 1 }.All(n => n > 0)).Length", 27)]
    [InlineData("static string Said(this IEnumerable<string> it, int n = 0, [System.Runtime.CompilerServices.CallerArgumentExpression(\"it\")] "
        + "string @for = \"\") => @for;\nnew[] { \"a\" }.Where(w => w != \"\").Said().Length", 33)]
    [InlineData("class Said(int n, [System.Runtime.CompilerServices.CallerArgumentExpression(\"n\")] string text = \"\") "
        + "{ public int Length => text.Length; }\nnew Said(new[] { 1,\n 2 }.Count(i => i > 1)).Length + new Said(n: 3).Length", 34)]
    [InlineData("using Later = System.Threading.Tasks.Task<int>;\nasync Later Five() => await Task.FromResult(5);\nawait Five()", 5)]
    [InlineData("async ValueTask Turn() => await Task.Yield();\nValueTask<int> Eight() => ValueTask.FromResult(8);\nawait Turn().ConfigureAwait(false);\n"
        + "await Task.Delay(1).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);\nawait Eight()", 8)]
    [InlineData("System.Threading.Timer one = new(_ => { }, null, -1, -1);\nvar two = new System.Threading.Timer(_ => { });\none.Dispose();\n"
        + "two.Change(-1, -1) ? 1 : 0", 1)]
    public async Task Insert_EveryKindOfCode_MeansTheSame(string source, int value)
    {
        Script plain = first.State.Script.ContinueWith(source, FirstCell.Options);
        Compilation read = plain.GetCompilation();
        Assert.DoesNotContain(read.GetDiagnostics(TestContext.Current.CancellationToken), found => found.Severity == DiagnosticSeverity.Error);
        string stoppable = StopChecks.Insert(read.GetSemanticModel(read.SyntaxTrees.Single()), 1);
        Assert.Contains(CellStops.Class + ".Check(1);", stoppable);
        Assert.Equal(source.Split('\n').Length, stoppable.Split('\n').Length);
        ScriptState state = await first.State.ContinueWithAsync(stoppable, FirstCell.Options, TestContext.Current.CancellationToken);
        Assert.Equal(value, state.ReturnValue);
    }

    /// <summary>Probing the stack costs more than a whole small function: only what can come to itself again does it.</summary>
    [Theory]
    [InlineData("float Relu(float x) => Math.Max(x, 0);", "Check")]
    [InlineData("int Down(int n) => Down(n - 1);", "Enter")]
    [InlineData("int Sum(int n) { return Enumerable.Range(n, 1).Select(Sum).Sum(); }", "Enter")]
    [InlineData("class Tree { Tree _child; public Tree(int depth) => _child = new Tree(depth + 1); }", "Enter")]
    [InlineData("class Loop { public int Size => Size + 1; }", "Enter")]
    [InlineData("class Loop { public int Size { get { return Size + 1; } } }", "Enter")]
    [InlineData("class Row { float[] _at = new float[4]; public float this[int i] => _at[i]; public float First => _at[0]; }", null)]
    [InlineData("class Tree { Tree _child; public Tree() { _child = new(); } }", "Enter")]
    [InlineData("class Leaf { readonly object _made; public Leaf() { _made = new(); } }", null)]
    [InlineData("record Point(int X) { public static Point operator +(Point a, Point b) => new(a.X + b.X); }", null)]
    [InlineData("class N { public static N operator +(N a, N b) => a + b; }", "Enter")]
    [InlineData("class N { public static N operator -(N a, N b) { a -= b; return a; } }", "Enter")]
    [InlineData("class Row { public int this[int i] => this[i - 1]; }", "Enter")]
    [InlineData("class N { public static implicit operator N(int n) { N made = n; return made; } }", "Enter")]
    [InlineData("class N { public static explicit operator N(int n) => (N)n; }", "Enter")]
    [InlineData("class N { public static implicit operator N(int n) => new N2(); }\nclass N2 : N { }", null)]
    [InlineData("class N { public override string ToString() => $\"an {this}\"; }", "Enter")]
    [InlineData("class N { public override string ToString() => \"an \" + this; }", "Enter")]
    [InlineData("class N { int _n; public override string ToString() => $\"an {_n}\"; }", "Check")]
    [InlineData("class N { public Func<int, int> F; public int Of(int n) => F.Invoke(n); }", "Enter")]
    [InlineData("class N { public Func<int, int>[] F; public int Of(int n) => F[0](n); }", "Enter")]
    public void Insert_Function_ProbesTheStackIfItCanComeToItself(string source, string? check)
    {
        Compilation read = first.State.Script.ContinueWith(source, FirstCell.Options).GetCompilation();
        string stoppable = StopChecks.Insert(read.GetSemanticModel(read.SyntaxTrees.Single()), 3);
        Assert.Equal(check, stoppable.Split(CellStops.Class + ".") is [_, string rest] ? rest[..rest.IndexOf('(')] : null);
        Assert.Equal(check is null, stoppable == source);
    }

    /// <summary>The loop around it checks; a loop that may go on for long checks itself.</summary>
    [Theory]
    [InlineData("for (int k = 0; k < n; k++) sum += k;", 1)]
    [InlineData("for (int k = n; k >= 0; --k) { if (k == 3) continue; sum -= -k; }", 1)]
    [InlineData("for (int k = 0; k < n; k++) { k--; }", 2)]
    [InlineData("for (int k = 0; k < n; k++) k = 0;", 2)]
    [InlineData("for (int k = 0; k < n; k++) { ref int same = ref k; same = 0; }", 2)]
    [InlineData("for (int k = 0; k < n; k++) Math.Max(k, n);", 2)]
    [InlineData("for (int k = 0; k < n; n++) sum += k;", 2)]
    [InlineData("for (int k = 0; k < n; k--) sum += k;", 2)]
    [InlineData("for (int k = 0; k != n; k++) sum += k;", 2)]
    [InlineData("for (long k = 0; k < long.MaxValue; k++) sum += 1;", 2)]
    [InlineData("for (int k = 0; k < Math.Max(n, k + 1); k++) sum += k;", 2)]
    [InlineData("for (int k = 0; k < 5_000_000_000L; k++) sum += k;", 2)]
    [InlineData("for (int k = 0; k <= int.MaxValue; k++) sum += k;", 2)]
    [InlineData("for (int k = 0; k >= int.MinValue; k--) sum += k;", 2)]
    [InlineData("for (int k = 0; k < int.MaxValue; k++) sum += k;", 1)]
    [InlineData("for (int k = 0; k < n; k++) (k, sum) = (0, sum);", 2)]
    [InlineData("for (int k = 0; k < n; k++) (k) = 0;", 2)]
    [InlineData("for (;;) sum++;", 2)]
    [InlineData("while (true) sum++;", 2)]
    [InlineData("for (int k = 0; k < n; k++) for (int l = 0; l < n; l++) sum += k * l;", 2)]
    public void Insert_InnerLoop_IsCheckedUnlessItEndsSoon(string loop, int checks)
    {
        string source = $"void Work(int n)\n{{\nint sum = 0;\nwhile (sum < n) {{ {loop} }}\n}}";
        Compilation read = first.State.Script.ContinueWith(source, FirstCell.Options).GetCompilation();
        string stoppable = StopChecks.Insert(read.GetSemanticModel(read.SyntaxTrees.Single()), 3);

        // The function has one of its own.
        Assert.Equal(1 + checks, stoppable.Split(CellStops.Class + ".").Length - 1);
    }

    /// <summary>The class that checks call, declared as in a kernel.</summary>
    public sealed class FirstCell : IAsyncLifetime
    {
        public static ScriptOptions Options { get; } = ScriptOptions.Default
            .WithAllowUnsafe(true)
            .WithLanguageVersion(CellDirectives.ParseOptions.LanguageVersion)
            .WithReferences(AppDomain.CurrentDomain.GetAssemblies().Where(loaded => loaded.GetName().Name is string name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name == "Microsoft.CSharp") && loaded.Location.Length > 0))
            .AddReferences(typeof(Queryable).Assembly, typeof(SortedDictionary<,>).Assembly, typeof(Microsoft.CSharp.RuntimeBinder.Binder).Assembly)
            .WithImports("System", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks");

        public ScriptState State { get; private set; } = null!;

        public async ValueTask InitializeAsync() => State =
            await CSharpScript.RunAsync(CellStops.Source + "__Stop.Token = _ => default;\n__Stop.Made = (_, _) => { };", Options);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
