using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <content>What the reader's code is tried on.</content>
public static partial class AblateHead
{
    /// <summary>A layer with a loss that can be asked, and a copy of all its numbers.</summary>
    private sealed class Probe
    {
        private readonly float[][] _before;
        private readonly Tensor _x, _wish;

        public Probe(MultiHeadAttention layer)
        {
            CounterRandom random = new(113);
            Layer = layer;
            foreach (Parameter parameter in layer.Parameters)
            {
                random.FillGaussian(parameter.Value.Span);
            }

            int channels = layer.Output.Outputs;
            (_x, _wish) = (Tensor.Gaussian(random, 1, 5, channels), Tensor.Gaussian(random, 1, 5, channels));
            _before = [.. layer.Parameters.Select(parameter => parameter.Value.Values.ToArray())];
        }

        public MultiHeadAttention Layer { get; }

        public int Calls { get; set; }

        public bool Throws { get; init; }

        public bool IsWhole => Layer.Parameters.Zip(_before).All(pair => pair.First.Value.Span.SequenceEqual(pair.Second));

        public double Loss()
        {
            Calls++;
            if (Throws)
            {
                throw new LossFailedException();
            }

            return (Layer.Forward(_x).Y - _wish).Values.Average(difference => (double)difference * difference);
        }

        public double Without(int head)
        {
            using HeadSwitch off = HeadSwitch.Off(Layer, head);
            return Loss();
        }

        /// <summary>What the loss says after a change of W_O, which is taken back.</summary>
        public double After(Action<Tensor> change) => Changed(layer => change(layer.Output.Weight.Value));

        /// <summary>What the loss says after any change of the layer, which is taken back.</summary>
        public double Changed(Action<MultiHeadAttention> change)
        {
            Mend();
            change(Layer);
            double loss = Loss();
            Mend();
            return loss;
        }

        public void Mend()
        {
            foreach ((Parameter parameter, float[] before) in Layer.Parameters.Zip(_before))
            {
                before.CopyTo(parameter.Value.Span);
            }
        }

        /// <summary>Runs the reader's code on a loss that fails; an exception of its own is its own fault.</summary>
        public double Try(Func<MultiHeadAttention, int, Func<double>, double> without)
        {
            try
            {
                without(Layer, 1, Loss);
                return IsWhole ? Swallowed : 0;
            }
            catch (LossFailedException)
            {
                return 0;
            }
        }
    }

#pragma warning disable CA1032 // Only a probe throws it.
    private sealed class LossFailedException() : Exception("this loss fails on purpose");
#pragma warning restore CA1032
}
