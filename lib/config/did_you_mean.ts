/**
 * Finds the word that was probably meant; storage needs it too, so it lives
 * with the lowest layer.
 */
export {
  didYouMean,
  editDistance,
  nearestWord,
} from "../bytes/did_you_mean.ts";
