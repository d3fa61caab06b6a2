// Says "here" when the first vector is there, then the most memory that the process took, in MB: for the first text, and for the texts of FILE.
//   AttentionLab.FirstVector MODEL THREADS TEXT [FILE]
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Kernels;
using AttentionLab.Models;

if (args.Length is < 3 or > 4 || !int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out int threads) || threads < 1)
{
    Console.Error.WriteLine("usage: AttentionLab.FirstVector MODEL THREADS TEXT [FILE]   (MODEL: a folder; THREADS: 1 or more; FILE: a text on each line)");
    return 2;
}

Workers.Count = threads;
Bert bert = Bert.Load(args[0]);
bert.Embed(args[2]);
Console.Out.WriteLine("here");
Console.Out.Flush();
double first = Peak();
if (args.Length == 4)
{
    bert.Embed(File.ReadAllLines(args[3]));
}

Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {Peak()}"));
return 0;

static double Peak()
{
    using Process process = Process.GetCurrentProcess();
    return process.PeakWorkingSet64 / 1e6;
}
