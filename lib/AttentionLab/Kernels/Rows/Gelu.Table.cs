using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <content>
/// The exact form and its slope by a table, where a register holds 16 numbers and one instruction chooses from 32: half the time of the polynomials, since
/// fewer steps wait for the one before, and half their error.
/// </content>
public static partial class Gelu
{
    /// <summary>From here on Φ(z) − ½ is ½ to the last bit of 1.</summary>
    private const double PhiEnd = 5.4;

    /// <summary>The same for Φ(z) + z·φ(z) − ½.</summary>
    private const double SlopeEnd = 6;

    /// <summary>Pieces of a table.</summary>
    private const int Pieces = 32;

    /// <summary>Whether <typeparamref name="V"/> goes by the table.</summary>
    internal static bool HasTable<V>()
        where V : struct, ILanes<V> => typeof(V) == typeof(Lanes16) && Avx512F.IsSupported;

    /// <summary>x·Φ(x) = x/2 + |x|·(Φ(|x|) − ½), Φ within 9e-8.</summary>
    internal readonly struct TableForm : IFunction<Lanes16>
    {
        private readonly Table _phi;
        private readonly Lanes16 _half;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TableForm() => (_phi, _half) = (new(PhiPieces, PhiEnd), Lanes16.All(0.5f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Lanes16 Of(Lanes16 x)
        {
            Lanes16 z = Lanes16.Abs(x);
            return Lanes16.MultiplyAdd(z, _phi.Of(z), x * _half);
        }
    }

    /// <summary>Φ(x) + x·φ(x), within 1.6e-7.</summary>
    private readonly struct TableSlope : IFunction<Lanes16>
    {
        private readonly Table _slope;
        private readonly Lanes16 _half, _zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TableSlope() => (_slope, _half, _zero) = (new(SlopePieces, SlopeEnd), Lanes16.All(0.5f), Lanes16.All(0));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Lanes16 Of(Lanes16 x)
        {
            Lanes16 p = _slope.Of(Lanes16.Abs(x));
            return Lanes16.WhereLess(x, _zero, _half - p, _half + p);
        }
    }

    /// <summary>
    /// f(z), z ≥ 0, by polynomials of degree 4. Piece i, around i·h with h = end / 30.5, has u = z/h − i from −½ to ½; the last one is ½ for all that is
    /// beyond the end. They go through f at the zeros of Chebyshev's polynomials, which is within a few hundredths of the best.
    /// </summary>
    private readonly struct Table
    {
        private readonly Lanes16 _a0, _a1, _b0, _b1, _c0, _c1, _d0, _d1, _e0, _e1, _scale, _last, _magic;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Table(ReadOnlySpan<float> pieces, double end)
        {
            ref readonly float first = ref pieces[0];
            (_a0, _a1) = (Lanes16.Load(in first, 0), Lanes16.Load(in first, 16));
            (_b0, _b1) = (Lanes16.Load(in first, Pieces), Lanes16.Load(in first, Pieces + 16));
            (_c0, _c1) = (Lanes16.Load(in first, 2 * Pieces), Lanes16.Load(in first, 2 * Pieces + 16));
            (_d0, _d1) = (Lanes16.Load(in first, 3 * Pieces), Lanes16.Load(in first, 3 * Pieces + 16));
            (_e0, _e1) = (Lanes16.Load(in first, 4 * Pieces), Lanes16.Load(in first, 4 * Pieces + 16));
            (_scale, _last) = (Lanes16.All((float)((Pieces - 1.5) / end)), Lanes16.All(Pieces - 1));

            // 2²³: what is added to it is rounded, and the whole number stands in the lowest bits of the sum.
            _magic = Lanes16.All(8388608f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Lanes16 Of(Lanes16 z)
        {
            Lanes16 s = Lanes16.Min(_last, z * _scale), index = s + _magic, u = s - (index - _magic);
            Lanes16 p = Lanes16.MultiplyAdd(Lanes16.Choose(_e0, _e1, index), u, Lanes16.Choose(_d0, _d1, index));
            p = Lanes16.MultiplyAdd(p, u, Lanes16.Choose(_c0, _c1, index));
            p = Lanes16.MultiplyAdd(p, u, Lanes16.Choose(_b0, _b1, index));
            return Lanes16.MultiplyAdd(p, u, Lanes16.Choose(_a0, _a1, index));
        }
    }

    /// <summary>Φ(z) − ½ up to <see cref="PhiEnd"/>.</summary>
    private static ReadOnlySpan<float> PhiPieces =>
    [
        0f, 0.07026512f, 0.13836741f, 0.20234174f, 0.26058844f, 0.311988f, 0.35594913f, 0.392391f, 0.42166984f, 0.44446954f, 0.46167737f, 0.47426504f,
        0.48318958f, 0.48932225f, 0.49340668f, 0.49604324f, 0.4976928f, 0.49869305f, 0.49928093f, 0.4996158f, 0.49980068f, 0.4998996f, 0.49995092f,
        0.4999767f, 0.49998927f, 0.4999952f, 0.4999979f, 0.49999914f, 0.49999964f, 0.49999985f, 0.49999994f, 0.5f,

        0.07063237f, 0.06953397f, 0.066340186f, 0.061339863f, 0.05496616f, 0.047734722f, 0.040175363f, 0.032769643f, 0.025904188f, 0.019845162f,
        0.014734171f, 0.010601887f, 0.007393106f, 0.004996398f, 0.0032724536f, 0.00207719f, 0.0012778068f, 0.00076179905f, 0.0004401512f,
        0.00024646174f, 0.00013374677f, 7.034014e-5f, 3.5851655e-5f, 1.7709295e-5f, 8.477726e-6f, 3.9331762e-6f, 1.7684524e-6f, 7.706005e-7f,
        3.2542505e-7f, 1.3318598e-7f, 5.2826497e-8f, 0f,

        0f, -0.0010898191f, -0.0020795248f, -0.0028841742f, -0.0034459804f, -0.0037407773f, -0.0037780574f, -0.0035952346f, -0.003248011f,
        -0.0027993342f, -0.0023093163f, -0.0018278209f, -0.0013904845f, -0.0010180253f, -0.0007180588f, -0.00048834446f, -0.0003204383f,
        -0.00020297804f, -0.00012417515f, -7.33946e-5f, -4.1925196e-5f, -2.3151826e-5f, -1.2362199e-5f, -6.3840193e-6f, -3.189019e-6f, -1.5411736e-6f,
        -7.206704e-7f, -3.261107e-7f, -1.4281812e-7f, -6.053874e-8f, -2.4840062e-8f, 0f,

        -0.00036847038f, -0.00035138623f, -0.00030274686f, -0.00022983798f, -0.0001431055f, -5.4084547e-5f, 2.6708653e-5f, 9.143666e-5f,
        0.0001358369f, 0.00015927445f, 0.00016409316f, 0.00015454959f, 0.00013565186f, 0.00011217025f, 8.797567e-5f, 6.5742424e-5f, 4.6958216e-5f,
        3.2134812e-5f, 2.1106074e-5f, 1.3323077e-5f, 8.0917425e-6f, 4.7326484e-6f, 2.6675157e-6f, 1.449817e-6f, 7.6022894e-7f, 3.847594e-7f,
        1.8802243e-7f, 8.874542e-8f, 4.0468812e-8f, 1.7833663e-8f, 7.596283e-9f, 0f,

        0f, 8.434889e-6f, 1.558606e-5f, 2.0440515e-5f, 2.2454049e-5f, 2.1627582e-5f, 1.845093e-5f, 1.3742001e-5f, 8.435536e-6f, 3.3818717e-6f,
        -7.968155e-7f, -3.7699128e-6f, -5.484872e-6f, -6.099496e-6f, -5.8906553e-6f, -5.1672528e-6f, -4.205621e-6f, -3.2140026e-6f, -2.3233806e-6f,
        -1.5966143e-6f, -1.0466489e-6f, -6.5620367e-7f, -3.942405e-7f, -2.2731668e-7f, -1.259441e-7f, -6.7116765e-8f, -3.443074e-8f, -1.7014584e-8f,
        -8.10416e-9f, -3.7223942e-9f, -1.6494943e-9f, 0f,
    ];

    /// <summary>Φ(z) + z·φ(z) − ½ up to <see cref="SlopeEnd"/>.</summary>
    private static ReadOnlySpan<float> SlopePieces =>
    [
        0f, 0.15495366f, 0.2982743f, 0.42027122f, 0.51466393f, 0.5792509f, 0.615698f, 0.62860996f, 0.6242129f, 0.6090189f, 0.5887696f, 0.56781495f,
        0.5489347f, 0.53349924f, 0.52182096f, 0.5135537f, 0.50804013f, 0.5045605f, 0.5024757f, 0.5012871f, 0.5006413f, 0.50030637f, 0.50014037f,
        0.5000617f, 0.50002605f, 0.50001055f, 0.5000041f, 0.50000155f, 0.50000054f, 0.5000002f, 0.50000006f, 0.5f,

        0.15696055f, 0.15097372f, 0.13402668f, 0.10890887f, 0.0795136f, 0.049954534f, 0.02373046f, 0.0031546345f, -0.010845001f, -0.018575475f,
        -0.021195432f, -0.020253688f, -0.017284775f, -0.013541129f, -0.009879091f, -0.0067692325f, -0.0043802075f, -0.0026866053f, -0.0015661286f,
        -0.00086941436f, -0.00046032088f, -0.000232726f, -0.00011245837f, -5.198005e-5f, -2.299621e-5f, -9.7427555e-6f, -3.9546576e-6f,
        -1.5385245e-6f, -5.738681e-7f, -2.0528475e-7f, -7.044453e-8f, 0f,

        0f, -0.0059002014f, -0.010808567f, -0.013977163f, -0.015068122f, -0.014194533f, -0.0118351495f, -0.008664743f, -0.005363844f, -0.002467166f,
        -0.00028530016f, 0.0010969355f, 0.0017667061f, 0.0019057281f, 0.001717851f, 0.001378886f, 0.001013079f, 0.0006912932f, 0.0004419551f,
        0.0002662322f, 0.00015171147f, 8.20143e-5f, 4.215061e-5f, 2.0629088e-5f, 9.626912e-6f, 4.288291e-6f, 1.8249415e-6f, 7.424978e-7f,
        2.8899325e-7f, 1.0765948e-7f, 3.8404583e-8f, 0f,

        -0.002019257f, -0.0018473921f, -0.0013745698f, -0.0007153158f, -1.9947727e-5f, 0.00056978513f, 0.0009575422f, 0.0011103174f, 0.0010545793f,
        0.0008560576f, 0.0005932411f, 0.0003344422f, 0.00012446557f, -1.8060851e-5f, -9.5468626e-5f, -0.00012230857f, -0.00011695378f, -9.5781324e-5f,
        -7.044306e-5f, -4.7576625e-5f, -2.9879242e-5f, -1.7584887e-5f, -9.749126e-6f, -5.110349e-6f, -2.5396778e-6f, -1.199098e-6f, -5.3875175e-7f,
        -2.3064823e-7f, -9.418987e-8f, -3.67229e-8f, -1.3679586e-8f, 0f,

        0f, 8.4156236e-5f, 0.0001475034f, 0.00017590048f, 0.00016593834f, 0.00012498819f, 6.758641e-5f, 9.953339e-6f, -3.5069857e-5f, -6.0944116e-5f,
        -6.7668596e-5f, -5.9924827e-5f, -4.434097e-5f, -2.705453e-5f, -1.2269171e-5f, -1.9120757e-6f, 3.921805e-6f, 6.1966393e-6f, 6.211362e-6f,
        5.1201832e-6f, 3.724592e-6f, 2.4640206e-6f, 1.5062451e-6f, 8.5899075e-7f, 4.5988253e-7f, 2.3215124e-7f, 1.1085352e-7f, 5.0192067e-8f,
        2.1589821e-8f, 8.835828e-9f, 3.444803e-9f, 0f,
    ];
}
