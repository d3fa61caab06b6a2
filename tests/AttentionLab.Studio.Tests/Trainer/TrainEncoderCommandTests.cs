using System.Diagnostics;
using AttentionLab.Trainer;
using AttentionLab.Words;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary><c>train encoder</c>, seen from outside.</summary>
public sealed class TrainEncoderCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Program_KilledBySignalAndResumed_EndsWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string[] nouns =
        [
            .. Enumerable.Range(0, 300).Select(
                i => TinyCorpus.Noun(
                    1000 + i, $"{Letters(i)} {Letters(7 * i)}", $"a kind of {Letters(3 * i)} that {Letters(i)} is found in; the {Letters(i)} of a town"))
        ];
        TinyCorpus.Write(folder["corpus"], nouns, ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"], ["bit\n\n   <unit> A small piece of data.\n"]);
        string vocabulary = folder["vocab.txt"];
        WordPieceTraining.Train(nouns, 160, new BasicTokenizer(true)).Write(vocabulary);
        string[] Command(string name) =>
        [
            "train", "encoder", "--corpus", folder["corpus"], "--tokenizer", vocabulary, "--run", folder[name], "--out", folder[$"{name}-out"],
            "--checkpoint-minutes", "0",
            "--steps", "300", "--layers", "2", "--channels", "16", "--heads", "2", "--hidden", "32", "--length", "24", "--batch", "8", "--warmup", "20",
        ];

        (int code, string output, string error) = await StudioProcess.RunAsync(Command("whole"));
        Assert.True(code == 0, output + error);
        EncoderRecipe whole = EncoderRecipe.Read(Path.Combine(folder["whole-out"], "encoder", "model.recipe.json"));

        // Killed at what it says, at whatever that line finds it doing: the line after a step is said before its checkpoint is whole.
        // A process that came to its end before the signal did proves nothing: then all of it again.
        string[] lines = ["Reading the corpus", "Vectors of the pieces", "step 50/", "step 150/", "step 200/"];
        for (int attempt = 0; attempt < 10; attempt++)
        {
            string run = $"cut-{attempt}";
            bool killed = true, saved = false;
            for (int i = 0; killed && i < lines.Length; i++)
            {
                killed = await Kill([.. Command(run), .. saved ? ["--resume"] : Array.Empty<string>()], lines[i]);
                saved = File.Exists(Path.Combine(folder[run], "checkpoint.safetensors"));
            }

            if (!killed)
            {
                continue;
            }

            Assert.False(Directory.Exists(Path.Combine(folder[$"{run}-out"], "encoder")));
            (code, output, error) = await StudioProcess.RunAsync([.. Command(run), "--resume"]);
            Assert.True(code == 0, output + error);
            Assert.Matches("Goes on after step (150|200|250)\\.", output);
            EncoderRecipe cut = EncoderRecipe.Read(Path.Combine(folder[$"{run}-out"], "encoder", "model.recipe.json"));
            Assert.Equal((whole.TokensRead, whole.Epochs, whole.HeldOut, whole.Command), (cut.TokensRead, cut.Epochs, cut.HeldOut, cut.Command));
            Assert.Equal(whole.Curve, cut.Curve);
            Assert.Equal("checkpoint.safetensors", Path.GetFileName(Assert.Single(Directory.GetFiles(folder[run]))));
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(folder["whole-out"], "encoder", "model.safetensors")),
                File.ReadAllBytes(Path.Combine(folder[$"{run}-out"], "encoder", "model.safetensors")));
            return;
        }

        Assert.Fail("every process came to its end before it could be killed");
    }

    /// <summary>Starts the program and kills it when it says a line that begins so.</summary>
    /// <returns>False if it came to its end first.</returns>
    private static async Task<bool> Kill(string[] command, string begin)
    {
        using Process process = StudioProcess.Start(command);
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync(Token)) is not null && !line.StartsWith(begin, StringComparison.Ordinal))
        {
        }

        if (line is not null)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(Token);
        Assert.True(
            line is not null || process.ExitCode == 0,
            $"it ended without \"{begin}\": {(line is null ? await process.StandardError.ReadToEndAsync(Token) : "")}");
        return process.ExitCode != 0;
    }

    [Fact]
    public async Task Program_FileThatIsNoVocabulary_IsNamedAndExitsWithTwo()
    {
        using TemporaryFolder folder = new();
        TinyCorpus.Write(
            folder["corpus"], [TinyCorpus.Noun(1000, "thing", "a red apple")], ["Word \\Word\\, n.\n   1. A plain word of some letters.\n"],
            ["bit\n\n   <unit> A small piece of data.\n"]);
        (int code, _, string error) = await StudioProcess.RunAsync(
            "train", "encoder", "--corpus", folder["corpus"], "--tokenizer", folder.Write("vocab.txt", "apple\n"), "--run", folder["run"], "--out",
            folder["out"]);
        Assert.Equal(2, code);
        Assert.Contains("not [PAD]", error);
        Assert.DoesNotContain("   at ", error);
    }

    [Fact]
    public async Task Program_WrongOption_ExitsWithTwo()
    {
        (int code, _, string error) = await StudioProcess.RunAsync("train", "encoder", "--layers", "many");
        Assert.Equal(2, code);
        Assert.Contains("many", error);
    }

    /// <summary>A word for a number, without digits.</summary>
    private static string Letters(int i) => string.Concat($"{i}".Select(c => "bacedifogu"[c - '0'])) + "n";
}
