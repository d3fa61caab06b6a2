namespace AttentionLab.Words;

/// <summary>What <see cref="GapModel"/> has to choose; see <see cref="GapModel.Tune"/>.</summary>
/// <param name="Left">Exponent of what the left side says.</param>
/// <param name="Right">Exponent of what the right side says.</param>
/// <param name="Prior">Exponent of how frequent a token is by itself, which both sides have counted: near −1.</param>
/// <param name="SideDiscount">Taken from every count of one side's contexts.</param>
/// <param name="JointDiscount">Taken from every count of contexts of both sides.</param>
public sealed record GapWeights(double Left = 0.8, double Right = 0.8, double Prior = -0.6, double SideDiscount = 0.8, double JointDiscount = 0.8);
