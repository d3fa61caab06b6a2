namespace AttentionLab.Kernels;

/// <summary>
/// A register of float32 lanes: what a fast path may do, whatever the width. The four structs that implement it
/// (16, 8, 4 and 1 lanes) only rename the instructions; the compiler makes separate code for each.
/// </summary>
/// <typeparam name="V">The register itself.</typeparam>
internal interface ILanes<V>
    where V : struct, ILanes<V>
{
    /// <summary>Numbers in one register.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract V All(float value);

    /// <summary>Reads <see cref="Count"/> numbers from <paramref name="start"/> + <paramref name="offset"/>; the caller answers for the bounds.</summary>
    static abstract V Load(ref readonly float start, int offset);

    /// <summary>Writes <see cref="Count"/> numbers.</summary>
    static abstract void Store(V value, ref float start, int offset);

    /// <summary>Reads through a pointer.</summary>
    static abstract unsafe V Load(float* source);

    /// <summary>Writes through a pointer.</summary>
    static abstract unsafe void Store(V value, float* target);

    /// <summary>
    /// Transposes (Count, 4) numbers, whose rows are <paramref name="step"/> apart, into (4, Count), rows <paramref name="targetStep"/> apart.
    /// </summary>
    static abstract unsafe void Transpose4(float* source, nint step, float* target, nint targetStep);

    /// <summary>a·b + c, in one rounding where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>Adds a·b in place: of a lane that is returned and assigned the compiler makes a move between registers, one for two products.</summary>
    void AddProduct(V a, V b);

    /// <summary>The larger in each lane; if one is NaN either may come out.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller in each lane; if one is NaN either may come out.</summary>
    static abstract V Min(V a, V b);

    /// <summary>√x.</summary>
    static abstract V Sqrt(V x);

    /// <summary>|x|.</summary>
    static abstract V Abs(V x);

    /// <summary>The nearest integer, as float.</summary>
    static abstract V Round(V x);

    /// <summary>p·2ⁿ for integral n, where p and the result are normal numbers; if p is NaN it stays NaN.</summary>
    static abstract V Scale(V p, V n);

    /// <summary>Where a &lt; b take <paramref name="yes"/>, elsewhere (NaN included) <paramref name="no"/>.</summary>
    static abstract V WhereLess(V a, V b, V yes, V no);

    /// <summary>Where a &lt; b take 0, elsewhere (NaN included) <paramref name="no"/>.</summary>
    static abstract V ZeroWhereLess(V a, V b, V no);

    /// <summary>
    /// p·2ⁿ as <see cref="Scale"/>, and 0 where a &lt; b (elsewhere, NaN included, p·2ⁿ), whatever n is there: a result that is thrown away must not
    /// become denormal either, for that costs some CPUs a hundred times the time.
    /// </summary>
    static abstract V ScaleOrZeroWhereLess(V a, V b, V p, V n);

    /// <summary>Where a word is below <paramref name="limit"/> take 0, elsewhere <paramref name="no"/>.</summary>
    static abstract unsafe V ZeroWhereBelow(uint* words, uint limit, V no);

    /// <summary>−∞ in each lane i whose bit i is set, elsewhere (NaN included) <paramref name="x"/>.</summary>
    static abstract V Hide(V x, uint hidden);

    /// <summary>Sum of the lanes.</summary>
    static abstract float Sum(V x);

    /// <summary>Writes the sums of the lanes of four registers, one behind the other.</summary>
    static abstract unsafe void StoreSums(V a, V b, V c, V d, float* target);

    /// <summary>Σ of <paramref name="n"/> numbers in double: what is lost is nothing beside the last place of a float.</summary>
    static abstract unsafe double SumInDouble(float* x, int n);

    /// <summary>Largest lane.</summary>
    static abstract float MaxAcross(V x);

    /// <summary>Lane by lane.</summary>
    static abstract V operator +(V a, V b);

    /// <summary>Lane by lane.</summary>
    static abstract V operator -(V a, V b);

    /// <summary>Lane by lane.</summary>
    static abstract V operator *(V a, V b);

    /// <summary>Lane by lane.</summary>
    static abstract V operator /(V a, V b);
}
